const PIECE = 7;

/** The events of a message as a stream, with pings and counts that grow. */
export function* eventsOf(message: any): Generator<any> {
  const { content, stop_reason: reason, stop_details: details, usage, ...head } = message;
  const begun = { ...usage, output_tokens: 1, output_tokens_details: undefined };
  yield { type: 'message_start', message: { ...head, content: [], stop_reason: null, usage: begun } };
  yield { type: 'ping' };
  for (const [index, block] of content.entries()) {
    yield { type: 'content_block_start', index, content_block: emptied(block) };
    for (const delta of deltasOf(block)) yield { type: 'content_block_delta', index, delta };
    yield { type: 'content_block_stop', index };
  }
  const delta = { stop_reason: reason, stop_sequence: null, stop_details: details };
  yield { type: 'message_delta', delta, usage };
  yield { type: 'message_stop' };
}

function emptied(block: any): any {
  if (block.type === 'text') return { type: 'text', text: '' };
  if (block.type === 'thinking') return { type: 'thinking', thinking: '', signature: '' };
  return { ...block, input: {} };
}

function* deltasOf(block: any): Generator<any> {
  if (block.type === 'text') for (const text of pieces(block.text)) yield { type: 'text_delta', text };
  if (block.type === 'tool_use') {
    yield { type: 'input_json_delta', partial_json: '' };
    for (const piece of pieces(JSON.stringify(block.input))) yield { type: 'input_json_delta', partial_json: piece };
  }
  if (block.type !== 'thinking') return;
  for (const thinking of pieces(block.thinking)) yield { type: 'thinking_delta', thinking };
  yield { type: 'signature_delta', signature: block.signature };
}

function* pieces(text: string): Generator<string> {
  const characters = [...text];
  for (let at = 0; at < characters.length; at += PIECE) yield characters.slice(at, at + PIECE).join('');
}
