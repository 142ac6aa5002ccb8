import { pdfPages } from './pdf-pages';

const pagesOf = (pdf: Buffer) => pdfPages(pdf.length, () => pdf);

const TREE = '<< /Type /Pages /Kids [] /Count 7 >>';
const page = (written = '/Type /Page') => `<< ${written} /Parent 1 0 R >>\n`;
const FILLER = 'x'.repeat(30_000);

describe('the pages of a PDF', () => {
  it.each([
    ['pages that it shows', page().repeat(3), 3],
    ['pages, written shortly', page('/Type/Page').repeat(3), 3],
    ['the count of its tree', TREE + page(), 7],
    ['more pages than its tree counts', TREE + page().repeat(9), 9],
    ['other names', `${page()}/PageLayout /Type /PageLabel /PageMode /Count 90`, 1],
    ['a count below zero', `${page()}/Type /Pages /Count -90`, 1],
    ['packed pages: as many as its length allows', FILLER, 11],
    ['packed pages beside one', `${page()}/Type /ObjStm ${FILLER}`, 11],
    ['packed pages, and their tree', `${TREE}/Type /ObjStm ${FILLER}`, 7],
    ['more pages than are read', '/Type /Pages /Count 99999999', 1_000],
  ])('are counted by %s', (_, content, pages) => {
    expect(pagesOf(Buffer.from(`%PDF-1.7\n${content}`))).toBe(pages);
  });

  it('A22: of a long file are as many as its length allows: it is not looked into', () => {
    const length = 5 * 1024 * 1024;
    const read = () => {
      throw new Error('read');
    };
    expect(pdfPages(length, read)).toBe(1_000);
  });
});
