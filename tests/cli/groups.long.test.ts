import { expect, test } from 'vitest'
import { ACCOUNT, inkwell, temporaryHome } from '../support/app.ts'

test('groups are created, changed and listed, keys join them, and every act is in the audit log', async () => {
  using home = temporaryHome()
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await inkwell(home, [...args, '--json'])
    expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' })
    return JSON.parse(stdout)
  }
  const named = ['--account', ACCOUNT, '--name', 'design', '--max-usd-per-month', '200']
  const group = await run('groups', 'create', ...named)
  expect(group).toMatchObject({ accountId: ACCOUNT, name: 'design' })
  const key = await run('keys', 'create', '--account', ACCOUNT, '--group', group.id)
  await run('keys', 'update', key.id, '--max-usd-per-day', '5', '--max-usd-per-call', 'none')
  const rotated = await run('keys', 'rotate', key.id, '--grace', '30m')
  expect(rotated).toMatchObject({ id: key.id, groupId: group.id })
  expect(rotated.key).not.toBe(key.key)
  await run('groups', 'update', group.id, '--max-usd-total', '1000')
  expect((await run('groups', 'list')).groups).toMatchObject([
    {
      id: group.id,
      caps: { day: null, month: { display: '$200.00' }, total: { display: '$1000.00' } },
      spent: { micro: 0 },
    },
  ])
  expect((await run('keys', 'list')).keys).toMatchObject([
    { groupId: group.id, caps: { day: { display: '$5.00' }, call: null }, spent: { micro: 0 } },
  ])
  await run('keys', 'revoke', key.id)
  const { audit } = await run('audit')
  expect(audit.map(({ action }: { action: string }) => action).toSorted()).toEqual([
    'groups.create',
    'groups.update',
    'keys.create',
    'keys.revoke',
    'keys.rotate',
    'keys.update',
  ])
  for (const wrong of [
    ['keys', 'rotate', key.id, '--grace', '31d'],
    ['groups', 'create', '--account', ACCOUNT],
    ['groups', 'update', group.id],
    ['keys', 'update', key.id, '--group', 'none'],
  ])
    expect(await inkwell(home, wrong)).toMatchObject({ code: 2, stdout: '' })
})
