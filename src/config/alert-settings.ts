import { collectorUrl, webhookSecret, webhookUrl } from './readers.ts'
import type { Setting } from './setting.ts'

/** The settings of what tells operators: alerts and traces. */
export const ALERT_SETTINGS = {
  alertUrl: {
    names: ['INKWELL_ALERT_URL'],
    means:
      'a webhook for the operator’s alerts, signed as the Standard Webhooks specification says; Slack shows them as they are',
    otherwise: 'none: `inkwell alerts list`',
    read: webhookUrl,
    isSecret: true,
  },
  alertSecret: {
    names: ['INKWELL_ALERT_SECRET'],
    means: 'the `whsec_…` that signs them',
    otherwise: 'one that `inkwell alerts secret` makes and shows',
    read: webhookSecret,
    isSecret: true,
  },
  collector: {
    names: ['OTEL_EXPORTER_OTLP_ENDPOINT'],
    means:
      'where traces are sent (OpenTelemetry, OTLP in JSON over HTTP), such as `http://localhost:4318`',
    read: collectorUrl,
  },
} as const satisfies Record<string, Setting<unknown>>
