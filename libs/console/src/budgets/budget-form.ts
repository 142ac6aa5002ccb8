import type { Budget, NewBudget, UpdateBudget } from '@thriftgate/contracts';
import { compareDecimal, decimalText, multiplyDecimal, parseDecimal } from '../format';
import type { WindowKind } from './budgets-queries';

/** The fields of the editor, as they are typed. */
export interface BudgetForm {
  teamId: string;
  /** Empty for a budget of the whole team. */
  keyId: string;
  limit: string;
  window: WindowKind;
  timezone: string;
  action: Budget['action'];
  downgradeTo: string;
  /** Percentages with commas: `80, 100`. */
  thresholds: string;
}

const LIMIT = /^\d{1,7}(\.\d{1,12})?$/;
const PERCENTAGES = /^\s*(\d{1,4}(\.\d)?\s*%?\s*(,\s*|$))*$/;

export const emptyForm = (timezone: string, teamId: string | undefined): BudgetForm => ({
  teamId: teamId ?? '',
  keyId: '',
  limit: '',
  window: 'month',
  timezone,
  action: 'block',
  downgradeTo: '',
  thresholds: '80, 100',
});

export const formOf = (budget: Budget): BudgetForm => ({
  teamId: budget.team_id,
  keyId: budget.key_id ?? '',
  limit: budget.limit_usd,
  window: budget.window,
  timezone: budget.timezone,
  action: budget.action,
  downgradeTo: budget.downgrade_to ?? '',
  thresholds: budget.thresholds
    .map((share) => decimalText(parseDecimal(multiplyDecimal(String(share), '100'))))
    .join(', '),
});

/** The limit in decimal dollars; undefined while the field has none. */
export const limitOf = ({ limit }: BudgetForm): string | undefined => {
  const typed = limit.trim().replaceAll(',', '');
  return LIMIT.test(typed) && compareDecimal(typed, '0') > 0 ? typed : undefined;
};

/** The shares of the limit; undefined if the field has no percentages. */
export function thresholdsOf({ thresholds }: BudgetForm): number[] | undefined {
  if (!PERCENTAGES.test(thresholds)) return undefined;
  const typed = thresholds.split(',').map((each) => each.replace('%', '').trim());
  return typed.filter((each) => each !== '').map((each) => Number(multiplyDecimal(each, '0.01')));
}

/** The members that both requests have. */
function rules(form: BudgetForm) {
  return {
    limit_usd: limitOf(form) ?? form.limit,
    window: form.window,
    timezone: form.timezone,
    action: form.action,
    thresholds: thresholdsOf(form) ?? [],
  };
}

export const newBudget = (form: BudgetForm): NewBudget => ({
  ...(form.keyId === '' ? { team_id: form.teamId } : { key_id: form.keyId }),
  ...rules(form),
  ...(form.action === 'downgrade' && { downgrade_to: form.downgradeTo.trim() }),
});

export const budgetChanges = (form: BudgetForm): UpdateBudget => ({
  ...rules(form),
  downgrade_to: form.action === 'downgrade' ? form.downgradeTo.trim() : null,
});
