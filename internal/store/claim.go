package store

import "fmt"

// Kind is the kind of object that a claim stands for.
type Kind string

// The kinds that claim rows.
const (
	KindAccount         Kind = "Account"
	KindEnvVarSet       Kind = "EnvVarSet"
	KindCloudConnection Kind = "CloudConnection"
	KindSSHKey          Kind = "SSHKey"
)

// ClaimingKinds are the kinds that claim rows, each with the call that writes them.
var ClaimingKinds = []struct {
	Kind  Kind
	Write string
}{
	{KindAccount, "PutAccount"},
	{KindEnvVarSet, "SyncEnvVars"},
	{KindCloudConnection, "PutConnection"},
	{KindSSHKey, "PutSSHKey"},
}

// KindMail is no kind of object: the change feed uses it, with nothing else, to say that mails may be due.
const KindMail Kind = "Mail"

// Claim says which Kubernetes object manages a row. The UID decides: two objects of one name that live one after the
// other have different claims, so that a late deletion of the first never hits the second.
type Claim struct {
	Cluster      string // --cluster-id, by default the UID of the kube-system namespace
	Kind         Kind
	Namespace    string
	NamespaceUID string
	Name         string
	UID          string
}

// IsZero reports the absence of a claim: a row that nobody manages.
func (c Claim) IsZero() bool { return c == Claim{} }

// String names the object as a person would.
func (c Claim) String() string { return fmt.Sprintf("%s %s/%s", c.Kind, c.Namespace, c.Name) }

// Namesake reports whether both claims name the same object of the same cluster in two lives: all agrees but the UID
// (and perhaps the namespace's).
func (c Claim) Namesake(other Claim) bool {
	return c.Cluster == other.Cluster && c.Kind == other.Kind && c.Namespace == other.Namespace &&
		c.Name == other.Name && c.UID != other.UID
}
