import * as z from 'zod'
import { dryRun } from '../generations/dry-run.ts'
import { perform } from '../generations/perform.ts'
import type { PaidRequest } from '../generations/request.ts'
import { display, money } from '../money.ts'
import { describeFields } from '../pricing/describe-fields.ts'
import type { RateCard } from '../pricing/find-model.ts'
import { nearestModel } from '../pricing/nearest-model.ts'
import type { Quote } from '../pricing/quote.ts'
import { RUN_FIELDS } from '../pricing/run-fields.ts'
import { accountStatus } from '../usage/account-status.ts'
import { withApproval } from './approval.ts'
import { agentOf, failureText, publicError } from './failure.ts'
import { microOf, maxWaitOf, payment } from './inputs.ts'
import { paidReply, shownTo, showAccountStatus, accountStatusText } from './result.ts'
import type { PaidResultShape } from './result-shape.ts'
import { fileNameOf, withFirstNames } from './save-as.ts'
import { ShownResult } from './shown-shapes.ts'
import { defineTool, type Call, type Reply, type Services, type Tool } from './tool.ts'

type PaidDefinition<S extends z.ZodRawShape> = {
  name: string
  title: string
  description: string
  input: S
  request: (input: z.output<z.ZodObject<S>>) => PaidRequest
}

const Payment = z.object(payment)
type Payment = z.output<typeof Payment>
/** The payment arguments with `saveAs` checked against the caller. */
type Terms = Omit<Payment, 'saveAs'> & { saveAs: string | null }

/** Defines a paid tool. The definition only builds the request; payment and result are shared. */
export function definePaidTool<S extends z.ZodRawShape>({
  name,
  title,
  description,
  input,
  request,
}: PaidDefinition<S>): Tool {
  return defineTool({
    name,
    title,
    description,
    kind: 'pays',
    scope: 'generate',
    input: z.strictObject({ ...input, ...payment }),
    output: ShownResult,
    handle: (checked, call, services) => {
      const paidRequest = request(checked as z.output<z.ZodObject<S>>)
      const paymentInput = checked as Payment
      const terms = {
        ...paymentInput,
        saveAs: fileNameOf(paymentInput.saveAs, call.caller, services.generations.files),
      }
      return terms.quoteOnly
        ? replyWithQuote(paidRequest, terms, call, services)
        : payAndReply(paidRequest, terms, call, services)
    },
  })
}

async function payAndReply(
  request: PaidRequest,
  terms: Terms,
  call: Call,
  services: Services,
): Promise<Reply> {
  const performed = await withApproval(call, services, () =>
    perform(services.generations, request, call.caller, {
      maxCost: microOf(terms.maxCostUsd),
      idempotencyKey: terms.idempotencyKey ?? null,
      saveAs: terms.saveAs,
      isShown: terms.preview,
      signal: call.signal,
      disconnected: call.disconnected,
      onProgress: call.onProgress,
      handOverMs: maxWaitOf(call, terms.waitSeconds),
    }),
  )
  const { replayed } = performed
  const isNamed = replayed && terms.saveAs !== null
  const generation = isNamed ? withFirstNames(performed.generation) : performed.generation
  if (generation.status === 'completed') call.markReported?.(generation.id)
  const { remarks } = generation
  const notes = [...remarks.notes, ...spellingNotes(generation, services.generations.rates)]
  const noted = { ...generation, remarks: { ...remarks, notes } }
  const shown = await shownTo(call.caller, { generation: noted, replayed }, services)
  return await paidReply(shown, { preview: terms.preview, files: services.generations.files })
}

async function replyWithQuote(
  request: PaidRequest,
  terms: Terms,
  call: Call,
  services: Services,
): Promise<Reply> {
  const { db, now, providers, rates } = services.generations
  await services.ready(call.caller)
  const { quote, remarks, refusal } = await dryRun(services.generations, request, call.caller, {
    maxCost: microOf(terms.maxCostUsd),
    signal: call.signal,
  })
  const accountStatusNow = await db.read(() => accountStatus(call.caller, now()))
  const inputs = describeFields(
    RUN_FIELDS.get(quote.operation === 'run' ? (quote.endpoint ?? '') : '') ?? {},
  )
  const takes = inputs.length === 0 ? [] : [`Its input takes: ${inputs.join(' ')}`]
  const notes = spellingNotes(quote, rates)
  const verdict =
    refusal === null
      ? 'It would be allowed.'
      : `It would be refused: ${failureText(refusal, agentOf(call.caller))}`
  return {
    content: [
      {
        type: 'text',
        text: [
          `${quote.model} would cost ${display(quote.price)}; nothing was made or spent.`,
          ...notes,
          verdict,
          ...remarks.adjusted,
          ...remarks.dropped,
          ...takes,
          accountStatusText(accountStatusNow),
        ].join(' '),
      },
    ],
    structured: {
      status: 'quoted',
      operation: quote.operation,
      model: quote.model,
      provider: providers.choose(quote),
      mode: services.mode,
      billing: call.caller.billing,
      priceSource: quote.priceSource,
      notes,
      cost: money(quote.price),
      ...remarks,
      ...(inputs.length > 0 && { inputs }),
      allowed: refusal === null,
      refusal: refusal === null ? null : publicError(refusal, agentOf(call.caller)),
      ...showAccountStatus(accountStatusNow),
    } satisfies z.infer<typeof PaidResultShape>,
  }
}

/** Returns a note if an unlisted model's name is nearly a listed one. The call is still done as requested. */
function spellingNotes(
  { model, priceSource }: Pick<Quote, 'model' | 'priceSource'>,
  { models }: RateCard,
): string[] {
  const meant = priceSource === 'default' ? nearestModel(model, [...models.keys()]) : undefined
  return meant === undefined
    ? []
    : [`"${model}" is not in the price list; did you mean "${meant}"?`]
}
