package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// AccountStatus is what is true of the account in the store.
type AccountStatus struct {
	CommonStatus `json:",inline"`

	// accountID is the account's identity in the store. It is a report: nothing is
	// decided by it.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	AccountID string `json:"accountID,omitempty"`

	// email is the address that the store has.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=254
	Email string `json:"email,omitempty"`

	// emailVerifiedTime is when the account holder confirmed the address; left out
	// until then.
	// +optional
	EmailVerifiedTime *metav1.Time `json:"emailVerifiedTime,omitempty"`

	// twoFactor is what the account has of a second factor.
	// +optional
	TwoFactor *TwoFactorStatus `json:"twoFactor,omitempty"`

	// referral is what the account invites others with.
	// +optional
	Referral *ReferralStatus `json:"referral,omitempty"`

	// settings are what the account has now, whoever chose it.
	// +optional
	Settings *AccountSettings `json:"settings,omitempty"`

	// envVarCount is how many environment variables the account has, whoever
	// wrote them; some seconds late, up to a quarter of an hour while changes come
	// by the hundred, and left out until there was one.
	// +optional
	// +kubebuilder:validation:Minimum=0
	EnvVarCount *int32 `json:"envVarCount,omitempty"`

	// cloudConnectionCount is how many cloud connections the account has; as with
	// envVarCount.
	// +optional
	// +kubebuilder:validation:Minimum=0
	CloudConnectionCount *int32 `json:"cloudConnectionCount,omitempty"`

	// sshKeyCount is how many SSH keys the account has; as with envVarCount.
	// +optional
	// +kubebuilder:validation:Minimum=0
	SSHKeyCount *int32 `json:"sshKeyCount,omitempty"`

	// dependents are what runs in the account and would keep it from being deleted,
	// one entry a kind; within two resyncs, and at once where kubectl account
	// preflight-delete asks for it. Left out where there is nothing.
	// +optional
	// +listType=map
	// +listMapKey=kind
	// +kubebuilder:validation:MaxItems=16
	Dependents []Dependent `json:"dependents,omitempty"`

	// restoreCandidates are the deleted accounts of the address that
	// spec.restoreAccountID has to choose from; left out where nobody has to choose.
	// +optional
	// +listType=map
	// +listMapKey=accountID
	// +kubebuilder:validation:MaxItems=16
	RestoreCandidates []RestoreCandidate `json:"restoreCandidates,omitempty"`

	// deletionBlockers are what keeps the deleted account from going, one entry a
	// kind.
	// +optional
	// +listType=map
	// +listMapKey=kind
	// +kubebuilder:validation:MaxItems=16
	DeletionBlockers []DeletionBlocker `json:"deletionBlockers,omitempty"`
}

// RestoreCandidate is a deleted account that can be brought back.
type RestoreCandidate struct {
	// accountID is the account's identity in the store.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	AccountID string `json:"accountID,omitempty"`

	// deletedTime is when it was deleted.
	// +required
	DeletedTime *metav1.Time `json:"deletedTime,omitempty"`

	// use is Used where its holder confirmed the address, chose a password or set up
	// a second factor, else Unused.
	// +required
	Use AccountUse `json:"use,omitempty"`
}

// AccountUse reports whether an account's holder did anything with it.
// +kubebuilder:validation:Enum=Used;Unused
type AccountUse string

// What became of an account.
const (
	AccountUsed   AccountUse = "Used"
	AccountUnused AccountUse = "Unused"
)

// TwoFactorStatus is what an account has of a second factor.
type TwoFactorStatus struct {
	// state is Enabled or Disabled.
	// +required
	State TwoFactorState `json:"state,omitempty"`

	// methods that the account holder set up, such as TOTP.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=8
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=32
	Methods []string `json:"methods,omitempty"`

	// backupCodesRemaining is how many backup codes were not used yet.
	// +optional
	// +kubebuilder:validation:Minimum=0
	BackupCodesRemaining *int32 `json:"backupCodesRemaining,omitempty"`
}

// TwoFactorState reports whether an account has a second factor.
// +kubebuilder:validation:Enum=Enabled;Disabled
type TwoFactorState string

// The states of a second factor.
const (
	TwoFactorEnabled  TwoFactorState = "Enabled"
	TwoFactorDisabled TwoFactorState = "Disabled"
)

// ReferralStatus is what an account invites others with.
type ReferralStatus struct {
	// code that others name as referredBy.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	Code string `json:"code,omitempty"`

	// link with the code, where the manager was started with --referral-url.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	Link string `json:"link,omitempty"`

	// referrals is how many accounts were created with the code.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Referrals *int32 `json:"referrals,omitempty"`
}

// AccountSettings are what the account has now, whether a spec or the account
// holder chose it.
type AccountSettings struct {
	// username is the name shown beside the account.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Username Line `json:"username,omitempty"`

	// theme is Dark, Light or System.
	// +optional
	Theme Theme `json:"theme,omitempty"`

	// twoFactor is Required or Optional.
	// +optional
	TwoFactor TwoFactorPolicy `json:"twoFactor,omitempty"`

	// emailChange is Holder where the account holder changes the address; else it is
	// left out.
	// +optional
	EmailChange EmailChange `json:"emailChange,omitempty"`

	// newsletter is Subscribed or Unsubscribed.
	// +optional
	Newsletter Subscription `json:"newsletter,omitempty"`

	// events are the types of notifications for which a user chose.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=64
	Events []EventNotification `json:"events,omitempty"`

	// invoiceFields names the leaves of invoice that are not empty. What they say
	// is personal and stays in the store.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=64
	InvoiceFields []string `json:"invoiceFields,omitempty"`
}

// Dependent is one kind of thing that runs in an account.
type Dependent struct {
	// kind is Machine, Cluster, Instance or Volume.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	Kind string `json:"kind,omitempty"`

	// count is how many there are in all.
	// +required
	// +kubebuilder:validation:Minimum=1
	Count int32 `json:"count,omitempty"`

	// inTeams is how many of them belong to teams that the account owns; left out
	// where none do.
	// +optional
	// +kubebuilder:validation:Minimum=0
	InTeams *int32 `json:"inTeams,omitempty"`
}

// DeletionBlocker is one kind of thing that still runs in an account.
type DeletionBlocker struct {
	// kind is Machine, Cluster, Instance or Volume.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	Kind string `json:"kind,omitempty"`

	// count is how many there are in all.
	// +required
	// +kubebuilder:validation:Minimum=1
	Count int32 `json:"count,omitempty"`

	// ids are the first of them.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=10
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=128
	IDs []string `json:"ids,omitempty"`
}
