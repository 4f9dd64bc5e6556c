import type { Hono } from 'hono'
import type { HttpEnv } from '../env.ts'
import { returnPage } from './return-page.ts'
import { testPage } from './test-page.ts'

/** The pages that people see while they buy. */
export function billingPages(api: Hono<HttpEnv>): void {
  returnPage(api)
  testPage(api)
}
