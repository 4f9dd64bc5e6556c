import type { DeskFrame } from '../../views/desk/frame.ts'
import type { PageContext } from '../env.ts'
import { takeFlash } from '../flash.ts'
import type { Operating } from './session.ts'

/** Returns what every page of the operator shows around its content, with the message of the form before. */
export function frameOf(context: PageContext, { operator, csrf }: Operating): DeskFrame {
  return { mode: context.var.app.mode, operator, csrf, alert: takeFlash(context) }
}
