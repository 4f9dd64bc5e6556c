import {
  isInitializeRequest,
  isJSONRPCRequest,
  type JSONRPCMessage,
  type RequestId,
} from '@modelcontextprotocol/server'

/** The one version of the protocol in which several messages may come as one list. */
export const BATCH_VERSION = '2025-03-26'
export const NO_BATCH = 'Invalid request: this version of the protocol has no lists of messages.'

/** The answers to a list of messages, and how many of its requests have none yet. */
type Batch = { answers: object[]; open: number }

/** Lists of messages that came as one: their answers go out as one list too, when the last of them is there. */
export type Batches = {
  /** Takes in a list, where null is a member that is no message, for `refuse` to answer. Answers what is to be served. */
  open(members: readonly (JSONRPCMessage | null)[], refuse: () => object): JSONRPCMessage[]
  /** Whether a request belongs to a list. With its answer, or without one where it was given up, it is done. */
  settle(id: RequestId, answer?: object): boolean
}

/** `send` is given each list of answers when it is whole. */
export function createBatches(send: (answers: readonly object[]) => void): Batches {
  const batches = new Map<RequestId, Batch>()
  const sendWhole = ({ open, answers }: Batch): void => {
    if (open === 0 && answers.length > 0) send(answers)
  }
  return {
    open: (members, refuse) => {
      const batch: Batch = { answers: [], open: 0 }
      const messages = members.flatMap((message) => {
        const isRequest = isJSONRPCRequest(message)
        if (
          message === null ||
          isInitializeRequest(message) ||
          (isRequest && batches.has(message.id))
        ) {
          batch.answers.push(refuse())
          return []
        }
        if (isRequest) {
          batches.set(message.id, batch)
          batch.open += 1
        }
        return [message]
      })
      sendWhole(batch)
      return messages
    },
    settle: (id, answer) => {
      const batch = batches.get(id)
      if (batch === undefined) return false
      batches.delete(id)
      batch.open -= 1
      if (answer !== undefined) batch.answers.push(answer)
      sendWhole(batch)
      return true
    },
  }
}
