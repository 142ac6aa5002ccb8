import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const CODE = ['bench', 'docs', 'libs', 'scripts', 'src', 'test'];
const FENCE = /^```[^]*?^```$/gm;
const PATH = new RegExp(String.raw`\`((?:${CODE.join('|')})/[^\s\`]*)\``, 'g');
const LINK = /\]\(([^)\s]+)\)/g;
const HEADING = /^#+ +(.+)$/gm;

/** Links and paths in backticks whose file does not exist. A path may have `*`, `{a,b}` and `<placeholder>`. */
export function brokenReferences(root, pages) {
  const files = new Set(
    CODE.flatMap((folder) => [
      folder,
      ...readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, name)),
    ]),
  );
  return pages.flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8').replaceAll(FENCE, '');
    const paths = [...text.matchAll(PATH)].filter(([, path]) => !isThere(files, path)).map(([, path]) => path);
    const links = [...text.matchAll(LINK)].filter(([, link]) => !leads(root, page, link)).map(([, link]) => link);
    return [...paths, ...links].map((target) => `${page}: there is no ${target}`);
  });
}

function isThere(files, path) {
  const pattern = path
    .replace(/\/$/, '')
    .replaceAll(/[.()[\]+$^?]/g, String.raw`\$&`)
    .replaceAll(/\{([^}]*)\}/g, (_, names) => `(${names.replaceAll(',', '|')})`)
    .replaceAll('*', '[^/]*')
    .replaceAll(/<[^>]*>|…/g, '[^/]+');
  const matcher = new RegExp(`^${pattern}$`);
  return [...files].some((file) => matcher.test(file));
}

function leads(root, page, link) {
  if (/^[a-z]+:/.test(link)) return true;
  const [path, anchor] = link.split('#', 2);
  const target = path === '' ? join(root, page) : join(root, dirname(page), path);
  if (!existsSync(target)) return false;
  return anchor === undefined || anchorsOf(readFileSync(target, 'utf8')).has(anchor);
}

/** The ids of a page's headings on GitHub. */
function anchorsOf(text) {
  const slugs = [...text.replaceAll(FENCE, '').matchAll(HEADING)].map(([, title]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  );
  return new Set(slugs);
}
