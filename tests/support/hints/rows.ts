import { ACCESS_ROWS } from './rows-access.ts'
import { BUDGET_ROWS } from './rows-budgets.ts'
import { CREDIT_ROWS } from './rows-credits.ts'
import { INPUT_ROWS } from './rows-input.ts'
import { LIMIT_ROWS } from './rows-limits.ts'
import { MODEL_ROWS } from './rows-models.ts'
import { SERVICE_ROWS } from './rows-service.ts'
import { UPSTREAM_ROWS } from './rows-upstream.ts'
import type { Row } from './row.ts'

/** Ways into every refusal and out again. docs/errors.md lists them, tests/tools/hints.long.test.ts goes them. */
export const ROWS: readonly Row[] = [
  ...INPUT_ROWS,
  ...MODEL_ROWS,
  ...CREDIT_ROWS,
  ...BUDGET_ROWS,
  ...LIMIT_ROWS,
  ...ACCESS_ROWS,
  ...UPSTREAM_ROWS,
  ...SERVICE_ROWS,
]
