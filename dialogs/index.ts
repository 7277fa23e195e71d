import { checkPayments } from './check-payments/dialog'
import { CollectDialog } from './collect'
import { contribution } from './contribution/dialog'
import { followRequests } from './follow-requests/dialog'
import { checkMessage } from './notices/check'
import { notices } from './notices/dialog'
import { requestBenefit } from './request-benefit/dialog'
import { simulateRetirement } from './simulate-retirement/dialog'
import { thirteenth } from './thirteenth/dialog'

/** Every service of the conversation. `answers.ts` says which intent opens which. */
export const dialogs = [
  new CollectDialog(simulateRetirement),
  new CollectDialog(checkPayments),
  new CollectDialog(requestBenefit),
  new CollectDialog(followRequests),
  new CollectDialog(notices),
  new CollectDialog(checkMessage),
  new CollectDialog(contribution),
  new CollectDialog(thirteenth),
]
