import { expect, test } from 'vitest'
import { inkwell, temporaryHome } from '../support/app.ts'
import { administer, ENGINES, newDatabase, POSTGRES_URL } from '../support/databases.ts'
import { useDatabases } from '../support/homes.ts'
import { connectPinned, issued, openedAccount, serveHttp } from '../support/http.ts'

const SERVER = process.env[POSTGRES_URL] ?? ''
const PICTURE = { imageSize: { width: 64, height: 64 }, preview: false }
const CALLS = 24

/** Refuses what CockroachDB and others do not know, as they do: it is not there, or not in the grammar. */
const WITHOUT = `
  create function refuse() returns event_trigger language plpgsql as $$ begin
    if current_query() ilike '%before truncate%' then raise feature_not_supported; end if;
    if current_query() ilike '%unlogged%' then raise syntax_error; end if;
  end $$;
  create event trigger refuse on ddl_command_start when tag in ('CREATE TRIGGER', 'CREATE TABLE')
    execute function refuse()`

/** Asks for every third statement that writes these tables to be tried again, as an optimistic engine does. */
const AGAIN = ['hold', 'entry', 'generation', 'call_count']
  .map(
    (table) => `
  create function again_${table}() returns trigger language plpgsql as $$ begin
    if random() < 0.3 then raise serialization_failure; end if;
    return null;
  end $$;
  create trigger again before insert or update on ${table} for each statement execute function again_${table}();`,
  )
  .join('')

test.runIf(ENGINES.includes('postgres'))(
  'an engine that lacks what is optional serves, says what is off, and may ask for any write again',
  async () => {
    const url = await newDatabase(SERVER)
    await administer(url, WITHOUT)
    useDatabases([url])
    using home = temporaryHome()
    const { key } = await issued(home, await openedAccount(home, 'Ada'))
    await using server = await serveHttp(home)
    await using client = await connectPinned(server, key)
    const draw = (name: string) => client.call('generateImage', { ...PICTURE, prompt: name })
    expect(await draw('first')).not.toMatchObject({ isError: true })
    await administer(url, AGAIN)
    const answers = await Promise.all(Array.from({ length: CALLS }, (_, place) => draw(`${place}`)))
    expect(answers.filter(({ isError }) => isError === true)).toEqual([])
    expect(await server.json('/v1/credits', key)).toMatchObject({
      body: { balance: { micro: 5_000_000 - (CALLS + 1) * 50_000 }, held: { micro: 0 } },
    })
    const metrics = await (await server.get('/metrics')).text()
    expect(metrics).toMatch(/inkwell_db_retries_total\{sqlstate="40001"\} [1-9]/)
    const { code, stdout } = await inkwell(home, ['doctor'])
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/PostgreSQL \d+\S*: TRUNCATE of the entries is not refused/),
    })
    expect(await inkwell(home, ['ledger', 'verify', '--full'])).toMatchObject({ code: 0 })
  },
)
