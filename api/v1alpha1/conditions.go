package v1alpha1

// The types of conditions. Ready is there from the first reconcile on, the others only while they are true.
const (
	// ConditionReady is true when the store holds what the spec says.
	ConditionReady = "Ready"
	// ConditionStalled is true when the operator cannot go on by itself: somebody must change something.
	ConditionStalled = "Stalled"
	// ConditionSuspended is true while spec.suspend is.
	ConditionSuspended = "Suspended"
	// ConditionDeletionBlocked is true while something in the store keeps a deleted Account from going.
	ConditionDeletionBlocked = "DeletionBlocked"
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
	// ReasonAccountExists: the store has an account of this address that no object manages.
	ReasonAccountExists Reason = "AccountExists"
	// ReasonDeletionBlocked: remove what still runs in the account, or retain the account.
	ReasonDeletionBlocked Reason = "DeletionBlocked"

	// ReasonAccountNotFound: create the Account that accountRef names.
	ReasonAccountNotFound Reason = "AccountNotFound"
	// ReasonAccountNotReady: look at the Account, it is not in the store yet.
	ReasonAccountNotReady Reason = "AccountNotReady"
	// ReasonClassMismatch: give the object the className of its Account (by making it anew).
	ReasonClassMismatch Reason = "ClassMismatch"

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

	// ReasonStoreUnavailable: nothing to change here, the operator tries again; look at the store.
	ReasonStoreUnavailable Reason = "StoreUnavailable"
	// ReasonRateLimited: nothing to change here, the store asked to wait.
	ReasonRateLimited Reason = "RateLimited"
	// ReasonAPIError: nothing to change here, the operator tries again; look at the API server and the manager's rights.
	ReasonAPIError Reason = "APIError"
)
