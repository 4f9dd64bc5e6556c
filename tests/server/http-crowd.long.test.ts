import { expect, test } from 'vitest'
import { inkwell, temporaryHome, type Settings } from '../support/app.ts'
import {
  HTTP_CLIENTS,
  issued,
  openedAccount,
  serveHttp,
  type HttpClient,
  type Issued,
} from '../support/http.ts'
import type { ToolResult } from '../support/clients.ts'
import { expectSpent } from '../support/reports.ts'
import { cheap, errorOf, small } from '../tools/support.ts'

/** Agents of each key for each kind of client. With their calls they stay below the 60 a minute of a key. */
const AGENTS_OF_A_KIND = 5
const CALLS = 2

type Team = {
  about: string
  keys: number
  caps?: Partial<Issued['caps']>
  /** Whether all its agents name one session. */
  session?: string
  work: object
  /** What all of its agents together can pay for. */
  spent: { count: number; cost: number }
  refusal?: string
}

const TEAMS: readonly Team[] = [
  {
    about: 'shares the day budget of its account, $1.00',
    keys: 4,
    work: small,
    spent: { count: 20, cost: 1_000_000 },
    refusal: 'daily_budget_exceeded',
  },
  {
    about: 'has a key with $0.15 in all and another',
    keys: 2,
    caps: { total: 150_000 },
    work: small,
    spent: { count: 6, cost: 300_000 },
    refusal: 'key_budget_exceeded',
  },
  {
    about: 'shares one session of $0.10 over two keys',
    keys: 2,
    caps: { session: 100_000 },
    session: 'job',
    work: small,
    spent: { count: 2, cost: 100_000 },
    refusal: 'session_budget_exceeded',
  },
  {
    about: 'can pay for all it asks for',
    keys: 2,
    work: cheap,
    spent: { count: 80, cost: 240_000 },
  },
]

test('200 concurrent clients of every kind spend each budget exactly to its end and never above it', async () => {
  using home = temporaryHome({ INKWELL_MAX_USD_PER_DAY: '1' })
  const teams = []
  for (const team of TEAMS) {
    const account = await openedAccount(home, team.about)
    const keys = []
    for (let count = 0; count < team.keys; count += 1)
      keys.push((await issued(home, account, { caps: team.caps ?? {} })).key)
    teams.push({ team, keys })
  }
  await using server = await serveHttp(home)
  const clients = teams.flatMap(({ team, keys }) =>
    keys.flatMap((key) =>
      HTTP_CLIENTS.flatMap(({ connect }) =>
        Array.from({ length: AGENTS_OF_A_KIND }, () =>
          pay(team, () => connect(server, key, headersOf(team))),
        ),
      ),
    ),
  )
  expect(clients).toHaveLength(200)
  const results = (await Promise.all(clients)).flat()
  for (const { team, keys } of teams) {
    const own = results.filter((one) => one.team === team).map(({ result }) => result)
    const refused = own.filter(({ isError }) => isError)
    expect(own.length - refused.length).toBe(team.spent.count)
    expect([...new Set(refused.map((one) => errorOf(one).code))]).toEqual(
      team.refusal === undefined ? [] : [team.refusal],
    )
    for (const key of keys) await expectSpent(server, key, team.spent)
  }
  expect(home.outputs()).toHaveLength(TEAMS.reduce((sum, { spent }) => sum + spent.count, 0))
  expect(await inkwell(home, ['ledger', 'verify'])).toMatchObject({ code: 0 })
})

type Paid = { team: Team; result: ToolResult }

function headersOf({ session }: Team): Settings {
  return session === undefined ? {} : { 'inkwell-session': session }
}

/** One real client connects and pays at once, without waiting for any other. */
async function pay(team: Team, connect: () => Promise<HttpClient>): Promise<Paid[]> {
  await using client = await connect()
  const calls = Array.from({ length: CALLS }, () => client.call('generateImage', team.work))
  return (await Promise.all(calls)).map((result) => ({ team, result }))
}
