/** The lines of a text that comes in pieces; the line ends are `\n` or `\r\n`. Only one line is held at a time. */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let rest = '';
  for await (const piece of pieces) {
    let from = 0;
    for (let end = piece.indexOf('\n'); end !== -1; end = piece.indexOf('\n', from)) {
      const line = rest + piece.slice(from, end);
      yield line.endsWith('\r') ? line.slice(0, -1) : line;
      rest = '';
      from = end + 1;
    }
    rest += piece.slice(from);
  }
  if (rest !== '') yield rest;
}

/** The text of a file, piece by piece, without its byte order mark. @param onBytes gets the bytes read so far */
export async function* textOf(file: Blob, onBytes: (bytes: number) => void): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  const reader = file.stream().getReader();
  let bytes = 0;
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    bytes += value?.length ?? 0;
    onBytes(bytes);
    yield decoder.decode(value, { stream: true });
  }
  yield decoder.decode();
}
