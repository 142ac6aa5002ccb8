import type { AdminMe, Budget, NewBudget, UpdateBudget } from '@thriftgate/contracts';
import { compareDecimal, decimalText, multiplyDecimal, parseDecimal } from '../format';
import type { WindowKind } from './budgets-queries';

/** The fields of the editor, as they are typed, by the names that the gateway has for them. */
export type BudgetForm = {
  team_id: string;
  /** Empty for a budget of the whole team. */
  key_id: string;
  limit_usd: string;
  window: WindowKind;
  timezone: string;
  action: Budget['action'];
  downgrade_to: string;
  /** Percentages with commas: `80, 100`. */
  thresholds: string;
};

const LIMIT = /^\d{1,7}(\.\d{1,12})?$/;
const PERCENTAGES = /^\s*(\d{1,4}(\.\d{1,4})?\s*%?\s*(,\s*|$))*$/;

export const emptyForm = (timezone: string, teamId: string | undefined): BudgetForm => ({
  team_id: teamId ?? '',
  key_id: '',
  limit_usd: '',
  window: 'month',
  timezone,
  action: 'block',
  downgrade_to: '',
  thresholds: '80, 100',
});

export const formOf = (budget: Budget): BudgetForm => ({
  team_id: budget.team_id,
  key_id: budget.key_id ?? '',
  limit_usd: budget.limit_usd,
  window: budget.window,
  timezone: budget.timezone,
  action: budget.action,
  downgrade_to: budget.downgrade_to ?? '',
  thresholds: budget.thresholds
    .map((share) => decimalText(parseDecimal(multiplyDecimal(String(share), '100'))))
    .join(', '),
});

/** The limit in decimal dollars; undefined while the field has none. */
export const limitOf = ({ limit_usd: limit }: BudgetForm): string | undefined => {
  const typed = limit.trim().replaceAll(',', '');
  return LIMIT.test(typed) && compareDecimal(typed, '0') > 0 ? typed : undefined;
};

/** The shares of the limit; undefined if the field has no percentages. */
export function thresholdsOf({ thresholds }: BudgetForm): number[] | undefined {
  if (!PERCENTAGES.test(thresholds)) return undefined;
  const typed = thresholds.split(',').map((each) => each.replace('%', '').trim());
  return typed.filter((each) => each !== '').map((each) => Number(multiplyDecimal(each, '0.01')));
}

/** Whether the form can be sent. @param isTeamWide whether the person may limit a whole team */
export const isComplete = (form: BudgetForm, isTeamWide: boolean): boolean =>
  limitOf(form) !== undefined &&
  thresholdsOf(form) !== undefined &&
  form.team_id !== '' &&
  (isTeamWide || form.key_id !== '');

/** Whether a person may change a budget: people of a team those of its keys alone. */
export const mayChange = ({ team, permissions }: Pick<AdminMe, 'team' | 'permissions'>, budget: Budget): boolean =>
  permissions.includes('budgets:write') && (team === null || budget.key_id !== null);

/** The members that both requests have. */
function rules(form: BudgetForm) {
  return {
    limit_usd: limitOf(form) ?? form.limit_usd,
    window: form.window,
    timezone: form.timezone,
    action: form.action,
    thresholds: thresholdsOf(form) ?? [],
  };
}

export const newBudget = (form: BudgetForm): NewBudget => ({
  ...(form.key_id === '' ? { team_id: form.team_id } : { key_id: form.key_id }),
  ...rules(form),
  ...(form.action === 'downgrade' && { downgrade_to: form.downgrade_to.trim() }),
});

export const budgetChanges = (form: BudgetForm): UpdateBudget => ({
  ...rules(form),
  downgrade_to: form.action === 'downgrade' ? form.downgrade_to.trim() : null,
});
