import {
  isInitializeRequest,
  isJSONRPCRequest,
  type JSONRPCMessage,
  type RequestId,
} from '@modelcontextprotocol/server'

/** The only protocol version that allows JSON-RPC batches. */
export const BATCH_VERSION = '2025-03-26'
export const NO_BATCH = 'Invalid request: this version of the protocol has no lists of messages.'

/** The responses of a batch so far, and the number of its requests that are not answered yet. */
type Batch = { answers: object[]; open: number }

/** JSON-RPC batches: the responses of a batch are sent as one list when the last one is there. */
export type Batches = {
  /** Registers a batch and returns the messages to serve. `refuse` makes the response for an invalid member (null or not allowed). */
  open(members: readonly (JSONRPCMessage | null)[], refuse: () => object): JSONRPCMessage[]
  /** Ends a request of a batch, without `answer` if it was cancelled. Returns false if the request is in no batch. */
  settle(id: RequestId, answer?: object): boolean
}

/** Creates the register of batches. `send` gets the responses of each batch when it is complete. */
export function createBatches(send: (answers: readonly object[]) => void): Batches {
  const batches = new Map<RequestId, Batch>()
  const sendIfComplete = ({ open, answers }: Batch): void => {
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
      sendIfComplete(batch)
      return messages
    },
    settle: (id, answer) => {
      const batch = batches.get(id)
      if (batch === undefined) return false
      batches.delete(id)
      batch.open -= 1
      if (answer !== undefined) batch.answers.push(answer)
      sendIfComplete(batch)
      return true
    },
  }
}
