package v1alpha1

// The types of conditions. Ready is there from the first reconcile on, the others only while they are true.
const (
	// ConditionReady is true when the store holds what the spec says.
	ConditionReady = "Ready"
	// ConditionStalled is true when the operator cannot go on by itself: a user must change something.
	ConditionStalled = "Stalled"
	// ConditionSuspended is true while spec.suspend is.
	ConditionSuspended = "Suspended"
	// ConditionDeletionBlocked is true while something in the store keeps a deleted Account from going.
	ConditionDeletionBlocked = "DeletionBlocked"
	// ConditionDrifted is true while another client's change in the store is left as it is, as driftPolicy Report says.
	ConditionDrifted = "Drifted"
	// ConditionEmailVerified reports whether the holder of an Account confirmed its address.
	ConditionEmailVerified = "EmailVerified"
	// ConditionTwoFactorEnabled reports whether an Account has a second factor.
	ConditionTwoFactorEnabled = "TwoFactorEnabled"
	// ConditionAccessSuspended is true while nobody can sign in to an Account, as spec.suspendAccess says.
	ConditionAccessSuspended = "AccessSuspended"
	// ConditionDeletionRequested is true while the holder of an Account asks for its deletion.
	ConditionDeletionRequested = "DeletionRequested"
	// ConditionVerified reports whether the provider of a CloudConnection took its credentials. Ready does not depend on it.
	ConditionVerified = "Verified"
	// ConditionIncomplete is true while the store has something that status cannot show as it is.
	ConditionIncomplete = "Incomplete"
	// ConditionComplete is true when an AccountAction was performed.
	ConditionComplete = "Complete"
	// ConditionUndone is true when an AccountAction was performed, and the store was put back to before it.
	ConditionUndone = "Undone"
	// ConditionFailed is true when an AccountAction was refused for good.
	ConditionFailed = "Failed"
)

// Reason is a condition's reason. The list is closed; each is chosen by what the reader should do.
type Reason string

// The reasons.
const (
	// ReasonSynced: nothing to do, the store holds what the spec says.
	ReasonSynced Reason = "Synced"
	// ReasonSuspended: set spec.suspend to false to go on.
	ReasonSuspended Reason = "Suspended"

	// ReasonEmailInUse: another Account holds the address; change one of the two.
	ReasonEmailInUse Reason = "EmailInUse"
	// ReasonEmailChangedByHolder: write the present address or emailChange Holder into the spec, or confirm by the annotation that spec.email
	// takes its place.
	ReasonEmailChangedByHolder Reason = "EmailChangedByHolder"
	// ReasonAccountExists: the store has an account of this address that no object manages.
	ReasonAccountExists Reason = "AccountExists"
	// ReasonAdoptionNotAllowed: have a cluster administrator label the namespace, or leave adoption and Observe out.
	ReasonAdoptionNotAllowed Reason = "AdoptionNotAllowed"
	// ReasonRestoreAmbiguous: choose one of status.restoreCandidates by spec.restoreAccountID.
	ReasonRestoreAmbiguous Reason = "RestoreAmbiguous"
	// ReasonRestoreNotFound: spec.restoreAccountID names no account that can be restored here; choose one of status.restoreCandidates.
	ReasonRestoreNotFound Reason = "RestoreNotFound"
	// ReasonNothingToObserve: the store has no account of this address; create it there, or manage it here.
	ReasonNothingToObserve Reason = "NothingToObserve"
	// ReasonObserved: nothing to do, status shows the account as the store has it.
	ReasonObserved Reason = "Observed"
	// ReasonTransferTargetNotReady: make the Account that gets the teams Ready, or name another one.
	ReasonTransferTargetNotReady Reason = "TransferTargetNotReady"
	// ReasonDeletionBlocked: remove what still runs in the account, or retain the account.
	ReasonDeletionBlocked Reason = "DeletionBlocked"
	// ReasonReleased: the operator has done with the deleted object; see to whoever put the finalizer that the message names.
	ReasonReleased Reason = "Released"

	// ReasonAccountNotFound: create the Account that accountRef names.
	ReasonAccountNotFound Reason = "AccountNotFound"
	// ReasonAccountNotReady: look at the Account, it is not in the store.
	ReasonAccountNotReady Reason = "AccountNotReady"
	// ReasonClassMismatch: give the object the className of its Account (by making it again).
	ReasonClassMismatch Reason = "ClassMismatch"

	// ReasonAccountNotManaged: the Account is only observed; manage it, or delete this object.
	ReasonAccountNotManaged Reason = "AccountNotManaged"

	// ReasonAccountsNotReady: look at status.accounts.notReady, which says of each Account what is in the way.
	ReasonAccountsNotReady Reason = "AccountsNotReady"
	// ReasonApplying: nothing to do, the operator is giving the set to its accounts; status.accounts says how far it is.
	ReasonApplying Reason = "Applying"
	// ReasonRemovalNotConfirmed: annotate the set as the message says, or have its selector match the Accounts again.
	ReasonRemovalNotConfirmed Reason = "RemovalNotConfirmed"

	// ReasonDrifted: decide about what status.drifted names: put it back by driftPolicy Correct, or write it here as it is there.
	ReasonDrifted Reason = "Drifted"

	// ReasonNotAdmitted: nothing to change here; mend in the store what the message names, or read it there.
	ReasonNotAdmitted Reason = "NotAdmitted"

	// ReasonConfirmed: nothing to do, the account holder confirmed the address.
	ReasonConfirmed Reason = "Confirmed"
	// ReasonAwaitingConfirmation: the account holder has to follow the link in the mail that went out; ResendVerificationEmail mails a new one.
	ReasonAwaitingConfirmation Reason = "AwaitingConfirmation"
	// ReasonMailWaiting: nothing to change here, the mail is tried again; where the message names a failure, look at the mail server.
	ReasonMailWaiting Reason = "MailWaiting"
	// ReasonMailHeld: nothing to do, the address got as many mails with links within an hour as --mail-rate allows; the next goes out by itself.
	ReasonMailHeld Reason = "MailHeld"
	// ReasonNotAsked: no mail asked the account holder to confirm the address; ResendVerificationEmail mails a link.
	ReasonNotAsked Reason = "NotAsked"
	// ReasonMailNotConfigured: start the manager with --smtp-url-file, --mail-from and --portal-url; mails wait until then.
	ReasonMailNotConfigured Reason = "MailNotConfigured"
	// ReasonMailUndelivered: the mail server refused the mail for good; mend the address or the server, then ResendVerificationEmail.
	ReasonMailUndelivered Reason = "MailUndelivered"
	// ReasonAddressNotConfirmed: the address was changed, and nobody has proved the new one; once the account holder did, confirm it
	// with an AccountAction of type ConfirmAddress.
	ReasonAddressNotConfirmed Reason = "AddressNotConfirmed"
	// ReasonEnrolled: nothing to do, the account has a second factor.
	ReasonEnrolled Reason = "Enrolled"
	// ReasonNotEnrolled: nothing to do, a second factor is optional and the account has none.
	ReasonNotEnrolled Reason = "NotEnrolled"
	// ReasonEnrolmentRequired: the account holder has to set up a second factor.
	ReasonEnrolmentRequired Reason = "EnrolmentRequired"

	// ReasonAccessSuspended: nobody can sign in to the account; take spec.suspendAccess out to let its holder in again.
	ReasonAccessSuspended Reason = "AccessSuspended"
	// ReasonHolderAsked: the account holder asks for the deletion; delete the Account, or have the holder take that back.
	ReasonHolderAsked Reason = "HolderAsked"

	// ReasonCompleted: nothing to do, the action was performed.
	ReasonCompleted Reason = "Completed"
	// ReasonAlreadyVerified: nothing to do, the address is confirmed already.
	ReasonAlreadyVerified Reason = "AlreadyVerified"
	// ReasonConfirmationMailed: nothing to do, the account holder is asked to confirm the address first.
	ReasonConfirmationMailed Reason = "ConfirmationMailed"
	// ReasonPasswordsOff: nothing to reset, account holders sign in at the OpenID Connect provider.
	ReasonPasswordsOff Reason = "PasswordsOff"
	// ReasonAddressDiffers: the account has another address now; look which, and confirm that one if it is proved.
	ReasonAddressDiffers Reason = "AddressDiffers"

	// ReasonNoSecondFactor: nothing to do, the account has no second factor that could be reset.
	ReasonNoSecondFactor Reason = "NoSecondFactor"
	// ReasonStorePutBack: create the action again if what it did is still wanted.
	ReasonStorePutBack Reason = "StorePutBack"

	// ReasonSourceMissing: create the Secret, ConfigMap or key that the message names, or mark it optional.
	ReasonSourceMissing Reason = "SourceMissing"
	// ReasonSourceInvalid: mend the content of the source that the message names.
	ReasonSourceInvalid Reason = "SourceInvalid"
	// ReasonSourceRefused: name another Secret, this type is never synced.
	ReasonSourceRefused Reason = "SourceRefused"
	// ReasonNameConflict: rename the variable or remove it from the set that holds it.
	ReasonNameConflict Reason = "NameConflict"
	// ReasonLimitExceeded: split the set, or shorten the value that the message names.
	ReasonLimitExceeded Reason = "LimitExceeded"

	// ReasonInvalid: the store refuses a field; mend the one that the message names.
	ReasonInvalid Reason = "Invalid"
	// ReasonUnsupported: this store cannot hold what the spec asks for; leave it out.
	ReasonUnsupported Reason = "Unsupported"

	// ReasonVerifying: nothing to do, the provider is about to be asked.
	ReasonVerifying Reason = "Verifying"
	// ReasonVerificationDisabled: nothing to do; leave spec.verification out to have the provider asked.
	ReasonVerificationDisabled Reason = "VerificationDisabled"
	// ReasonAccepted: nothing to do, the provider takes the credentials and shows the bucket or account.
	ReasonAccepted Reason = "Accepted"
	// ReasonCredentialsRejected: put credentials into the Secret that the provider knows.
	ReasonCredentialsRejected Reason = "CredentialsRejected"
	// ReasonBucketNotFound: make the bucket, or correct its name or region.
	ReasonBucketNotFound Reason = "BucketNotFound"
	// ReasonAccessDenied: give the credentials the right that the message names.
	ReasonAccessDenied Reason = "AccessDenied"
	// ReasonUnreachable: look whether the manager may reach the provider; the operator tries again.
	ReasonUnreachable Reason = "Unreachable"
	// ReasonEndpointNotAllowed: name a public endpoint, or have the manager allow this one with --allow-endpoint-cidrs.
	ReasonEndpointNotAllowed Reason = "EndpointNotAllowed"

	// ReasonAnotherStore: lead the manager to the store that status.storeID names, or accept the present one by an annotation.
	ReasonAnotherStore Reason = "AnotherStore"

	// ReasonStoreUnavailable: nothing to change here, the operator tries again; look at the store.
	ReasonStoreUnavailable Reason = "StoreUnavailable"
	// ReasonRateLimited: nothing to change here, the store asked to wait.
	ReasonRateLimited Reason = "RateLimited"
	// ReasonAPIError: nothing to change here, the operator tries again; look at the API server and the manager's rights.
	ReasonAPIError Reason = "APIError"
)
