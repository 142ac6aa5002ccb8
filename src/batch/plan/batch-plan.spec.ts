import * as fc from 'fast-check';
import { aDeployment } from '../../models/testing/a-model';
import { BatchPlan } from './batch-plan';

const LIMITS = { lines: 5, bytes: 1_000, inputs: 12 };

const planOf = (lines: { group: string; model: string; bytes: number; inputs: number; worst: number }[]) => {
  let ids = 0;
  const plan = new BatchPlan(() => `shard_${(ids += 1)}`);
  const deployments = new Map(
    ['a', 'b'].map((name) => [name, aDeployment({ id: `openai/${name}`, publicName: name })]),
  );
  for (const [index, { group, model, bytes, inputs, worst }] of lines.entries()) {
    const deployment = deployments.get(model) ?? aDeployment();
    const worstPusd = BigInt(worst);
    plan.defer({
      lineNo: index + 1,
      requestId: `r${index + 1}`,
      deployment,
      providerKey: null,
      group,
      limits: LIMITS,
      bytes,
      inputs,
      worstPusd,
    });
  }
  return plan;
};

describe('BatchPlan', () => {
  it('puts each line into one shard of its deployment and group, within the limits of the vendor', () => {
    const line = fc.record({
      group: fc.constantFrom('x', 'y'),
      model: fc.constantFrom('a', 'b'),
      bytes: fc.integer({ min: 1, max: 900 }),
      inputs: fc.integer({ min: 0, max: 12 }),
      worst: fc.integer({ min: 0, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
        const { shards } = planOf(lines);
        const placed = shards.flatMap(({ lineNos }) => lineNos);
        expect(placed.toSorted((a, b) => a - b)).toEqual(lines.map((_, index) => index + 1));
        for (const { deployment, lineNos, requestIds, bytes, inputs, worstPusd } of shards) {
          const own = lineNos.flatMap((lineNo) => lines[lineNo - 1] ?? []);
          expect(new Set(own.map(({ group, model }) => `${group} ${model}`)).size).toBe(1);
          expect(own[0]?.model).toBe(deployment.publicName);
          expect(requestIds).toEqual(lineNos.map((lineNo) => `r${lineNo}`));
          expect(lineNos.length).toBeLessThanOrEqual(LIMITS.lines);
          expect([bytes, worstPusd]).toEqual([sum(own, 'bytes'), BigInt(sum(own, 'worst'))]);
          expect(bytes).toBeLessThanOrEqual(LIMITS.bytes * 0.95);
          expect(inputs).toBe(sum(own, 'inputs'));
          expect(inputs).toBeLessThanOrEqual(LIMITS.inputs);
        }
      }),
    );
  });

  it('lets a line wait for the first that asks the same', () => {
    const plan = planOf([]);
    expect([1, 2, 3, 4].map((lineNo) => plan.isSame(lineNo, lineNo % 2 ? 'odd' : 'even'))).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect(plan.sameAs).toEqual([
      { lineNo: 3, sameAs: 1 },
      { lineNo: 4, sameAs: 2 },
    ]);
  });
});

function sum(lines: { bytes: number; inputs: number; worst: number }[], member: 'bytes' | 'inputs' | 'worst'): number {
  return lines.reduce((all, line) => all + line[member], 0);
}
