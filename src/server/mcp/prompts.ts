import type { GetPromptResult, McpServer } from '@modelcontextprotocol/server'
import * as z from 'zod'
import { LAST_DAYS_DEFAULT } from '../../usage/days.ts'

const WithinBudget = z.object({
  images: z.string().min(1).max(4_000).describe('What to make, and how many.'),
  budgetUsd: z
    .string()
    .regex(/^\d{1,5}(\.\d{1,6})?$/, 'must be an amount of US dollars such as 0.50')
    .optional()
    .describe('The most to spend on it, in US dollars, such as 0.50.'),
})

const Spending = z.object({
  days: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'must be a whole number of days')
    .optional()
    .describe(`UTC days up to today, ${LAST_DAYS_DEFAULT} by default.`),
})

/** Registers the prompts, which clients offer to people as commands. A prompt is only text: the ledger enforces the budgets. */
export function registerPrompts(server: McpServer): void {
  server.registerPrompt(
    'makeWithinBudget',
    {
      title: 'Make images within a budget',
      description:
        'Plans the calls and their price first, then makes the images and accounts for them.',
      argsSchema: WithinBudget,
    },
    ({ images, budgetUsd }) => userMessage(withinBudget(images, budgetUsd)),
  )
  server.registerPrompt(
    'explainSpending',
    {
      title: 'Explain what was spent',
      description: 'Tells the balance, the budgets and what the money went to.',
      argsSchema: Spending,
    },
    ({ days = String(LAST_DAYS_DEFAULT) }) =>
      userMessage(
        `Call checkUsage with days: ${days}, daily: true and tell me in a few sentences what was spent, on which operations, models and days, ` +
          'what is left of the balance and of each budget, and which cheaper model of inkwell://pricing would have done.',
      ),
  )
}

function withinBudget(images: string, budgetUsd: string | undefined): string {
  const limit =
    budgetUsd === undefined
      ? 'Spend no more than it needs.'
      : `Spend at most $${budgetUsd} on it, all calls together.`
  return `Make this with the tools of Inkwell: ${images}

${limit} Go about it like this:
1. Call checkUsage for what is available and what remains of each budget.
2. Choose models from inkwell://pricing, and ask each call for its price with quoteOnly. Tell me the plan and its total; if that is too much, say what would fit instead and wait for my answer.
3. Give each paid call a maxCostUsd, and an idempotencyKey of its own for each intended image, so that repeating a call is not paid twice.
4. If a budget refuses, stop and tell me: it can not be raised from here.
5. At the end list each image with its file and cost, the total, and what is left.`
}

function userMessage(text: string): GetPromptResult {
  return { messages: [{ role: 'user', content: { type: 'text', text } }] }
}
