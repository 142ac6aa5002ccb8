import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeCircle, folderCircles } from './folder-circles.mjs';
import { tableOwnerFaults } from './table-owners.mjs';

/**
 * Checks the folders and the tables of a repository against its `scripts/structure.json`.
 *
 * @param {string} root
 * @returns {string[]} the violations, each with its location
 */
export function structureFaults(root) {
  const { circlesNotYet, ...tableRules } = JSON.parse(readFileSync(join(root, 'scripts/structure.json'), 'utf8'));
  const folders = ['src', 'libs'].filter((folder) => existsSync(join(root, folder)));
  const circles = folderCircles(root, folders);
  const isOf = (names) => (circle) => circle.folders.join() === names.join();
  return [
    ...circles
      .filter((circle) => !circlesNotYet.some((each) => isOf(each)(circle)))
      .map((circle) => `circle of sibling folders in ${describeCircle(circle)}`),
    ...circlesNotYet
      .filter((each) => !circles.some(isOf(each)))
      .map((each) => `the exception for the circle ${each.join(' ⇄ ')} is not used: remove it`),
    ...tableOwnerFaults(root, tableRules),
  ];
}
