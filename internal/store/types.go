package store

import (
	"net/url"
	"time"
)

// AccountSpec is what the platform team wants of an account. A Put keeps what the row has of a setting that is nil.
type AccountSpec struct {
	Email string // required, normalised by the caller: one address, at most 254 bytes
	Settings[*string]
	// Events says for types of notifications whether they are mailed: "Enabled" or "Disabled". What is left out is the
	// account holder's. The types are those of Capabilities.
	Events map[string]string
	// TwoFactor is a policy, never the account holder's: "Required", or "Optional", which "" means too.
	TwoFactor string
	// EmailChange says whose the address is: with EmailByHolder Email counts as the account is created, and a later put keeps what the row
	// has. "" is the object's. Back to that, Email takes the place of another address only where that is Replaces: else *AddressKeptError.
	EmailChange string `json:",omitempty"`
	Replaces    string `json:"-"`
	// SuspendAccess has nobody sign in, and ends every way in that is open. A policy, too.
	SuspendAccess bool `json:",omitempty"`
	// Spared are leaves that the spec sets and this put leaves as they are, by their paths.
	Spared []string `json:"-"`
	// ReferredBy is the referral code of another live account. It counts when the account is created, and never after;
	// *InvalidError for "referredBy" when no account has it.
	ReferredBy string
}

// Who changes an account's address.
const (
	EmailByPlatform = "Platform"
	EmailByHolder   = "Holder"
)

// Account is an account as the store has it.
type Account struct {
	ID      string
	Claim   Claim // zero: nobody manages it
	Created bool  // by the very put that returned it
	Email   string
	Settings[string]
	Events    map[string]string // by type of notification; types that nobody chose for are left out
	TwoFactor string            // "Required" or "Optional"
	// SuspendedAccess is since when nobody can sign in, by AccountSpec.SuspendAccess; zero: access is not suspended.
	SuspendedAccess time.Time
	// DeletionRequested is when its holder asked for its deletion, which is up to who manages it; zero: nobody asked. It stays when the
	// account is given up, adopted, rebound or restored: only the holder takes it back.
	DeletionRequested time.Time

	EmailChange string // EmailByPlatform or EmailByHolder; it stays where nobody manages the account any more
	// EmailNamed is the address that the object named, in lower case, where it is the holder's; else empty.
	EmailNamed string

	EmailVerified time.Time // zero: not yet
	// AddressNotProved says that the address was changed while the account had a password, and is not verified. Whoever reads
	// its mail may be a stranger, so that no link goes there, and none that was mailed confirms it.
	AddressNotProved bool
	Factors          FactorState
	Referral         Referral
	// Held counts the rows of each kind that the account has, whoever owns them. Reads fill it; nothing is written by it.
	Held map[Kind]int
	// Dependents are what would keep the account from being deleted, by kind in a fixed order.
	Dependents []Dependent
	// Confirmation says what became of the mail that asks the holder to confirm the address.
	Confirmation Confirmation
}

// Dependent counts what runs in an account, of one kind.
type Dependent struct {
	Kind  string // "Machine", "Cluster", "Instance" or "Volume"
	Count int    // all of them
	// InTeams counts those that belong to teams which the account owns.
	InTeams int
}

// Referral is what an account can invite others with.
type Referral struct {
	Code  string // lower-case letters and digits, unique, never changes
	Count int    // accounts that were created with the code
}

// Link is a page with the code as ref_id; empty where there is no page.
func (r Referral) Link(page *url.URL) string {
	if page == nil {
		return ""
	}
	u := *page
	q := u.Query()
	q.Set("ref_id", r.Code)
	u.RawQuery = q.Encode()
	return u.String()
}

// Deletion says how an account goes.
type Deletion struct {
	// Retain leaves the account as it is and gives up the claim.
	Retain bool
	// TransferTeamsTo is the claim of the account that gets the teams which the account owns. Zero: they are deleted with
	// it. ErrNoHeir when there are any and that account has no live row; the change feed delivers the claim when it comes.
	TransferTeamsTo Claim
}

// EnvVar is one variable of an account.
type EnvVar struct {
	Name  string
	Value Secret
	Owner Claim // zero: nobody claims it
	// Unreadable says that the value was altered behind our back and does not open; Value is empty then. A planner that
	// owns the name writes it again.
	Unreadable bool
}

// EnvVarOp is what happens to one name.
type EnvVarOp string

// The operations on a name.
const (
	EnvVarSet     EnvVarOp = "Set"     // write the value and own the name
	EnvVarDelete  EnvVarOp = "Delete"  // remove the variable, only if the owner holds it
	EnvVarRelease EnvVarOp = "Release" // keep the variable, give up owning it
	EnvVarAwait   EnvVarOp = "Await"   // another claim holds it: the change feed delivers the owner when it is free
)

// EnvVarChange is one operation on one name.
type EnvVarChange struct {
	Op    EnvVarOp
	Name  string
	Value Secret // for EnvVarSet
}

// EnvVarPlan is what a planner decides after it saw the account's variables. The zero plan writes nothing.
type EnvVarPlan struct {
	Changes []EnvVarChange
	// Mark replaces the owner's applied record; nil leaves it.
	Mark *Mark
	// Forget ends the pair: the account is none of the owner's any more. SyncPairs only.
	Forget bool
}

// Connection is one cloud connection of an account.
type Connection struct {
	ID          string
	DisplayName string
	Type        string // "AmazonS3", "Backblaze" or "Dropbox"
	Bucket      string
	Region      string
	Endpoint    string
	// Credentials by their field's name; sealed as one at rest.
	Credentials map[string]Secret
	// Unreadable says that the credentials were altered behind our back and do not open; they are to be put again.
	Unreadable bool
}

// SSHKey is one public key of an account.
type SSHKey struct {
	ID      string
	Type    string
	Key     string
	Comment string
}

// Mark goes with a write: which generation of the object asked for it (for the audit) and what to remember as applied.
type Mark struct {
	Generation int64
	Record     string // opaque to the store, at most 64 bytes
	// Leaves are what each leaf was applied as, by its name: opaque short texts, never a value. Only what reports drift
	// needs them; nil keeps none.
	Leaves map[string]string
}

// Applied is what a claim applied last.
type Applied struct {
	Claim  Claim
	Record string
	// Stale says that another program changed the claim's rows since.
	Stale bool
}

// Capabilities says what a store can hold, so that a controller reports what it cannot apply.
type Capabilities struct {
	Driver       string // "sqlite" or "postgres"
	FoldsNames   bool   // names of variables that differ only in case are one
	MaxEnvVars   int    // names an account
	MaxValueSize int    // bytes a value
	// Notifications are the types that the store knows.
	Notifications []NotificationType
}

// NotificationType is a kind of event that an account holder can be notified of.
type NotificationType struct {
	Name string
	// Mandatory ones cannot be switched off.
	Mandatory bool
}
