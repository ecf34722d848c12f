package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Theme is the colour scheme of the account's pages.
// +kubebuilder:validation:Enum=Dark;Light;System;""
type Theme string

// Subscription says whether mails of a kind are sent.
// +kubebuilder:validation:Enum=Subscribed;Unsubscribed;""
type Subscription string

// MailChoice says whether notifications of a type are mailed.
// +kubebuilder:validation:Enum=Enabled;Disabled
type MailChoice string

// TwoFactorPolicy says whether the account needs a second factor.
// +kubebuilder:validation:Enum=Required;Optional;""
type TwoFactorPolicy string

const (
	// TwoFactorRequired asks the account holder to set one up.
	TwoFactorRequired TwoFactorPolicy = "Required"
	// TwoFactorOptional leaves it to the account holder. It is what an empty policy
	// means.
	TwoFactorOptional TwoFactorPolicy = "Optional"
)

// EmailChange says who changes the account's address.
// +kubebuilder:validation:Enum=Platform;Holder;""
type EmailChange string

const (
	// EmailByPlatform is as spec.email says. It is what an empty choice means.
	EmailByPlatform EmailChange = "Platform"
	// EmailByHolder leaves the address of an account that is there to its holder.
	EmailByHolder EmailChange = "Holder"
)

// Adoption says what may be taken over when the store has the address already.
// +kubebuilder:validation:Enum=Never;IfUnclaimed;Restore;""
type Adoption string

const (
	// AdoptNever takes nothing over. It is what an empty adoption means.
	AdoptNever Adoption = "Never"
	// AdoptIfUnclaimed takes over a live account that no object manages.
	AdoptIfUnclaimed Adoption = "IfUnclaimed"
	// AdoptRestore brings back a deleted account from its recovery window.
	AdoptRestore Adoption = "Restore"
)

// ManagementPolicy says whether the account is written.
// +kubebuilder:validation:Enum=Manage;Observe;""
type ManagementPolicy string

const (
	// PolicyManage makes the account what the spec says. It is what an empty policy
	// means.
	PolicyManage ManagementPolicy = "Manage"
	// PolicyObserve only reads it into status.
	PolicyObserve ManagementPolicy = "Observe"
)

// TeamsPolicy says what becomes of the teams that a deleted account owns.
// +kubebuilder:validation:Enum=Delete;Transfer;""
type TeamsPolicy string

const (
	// TeamsDelete deletes them with the account. It is what an empty policy means.
	TeamsDelete TeamsPolicy = "Delete"
	// TeamsTransfer gives them to another account.
	TeamsTransfer TeamsPolicy = "Transfer"
)

// AccountSpec is what the platform team wants of an account. A leaf that is
// left out belongs to the account holder.
// +kubebuilder:validation:XValidation:rule="(has(self.referredBy) ? self.referredBy : \"\") == (has(oldSelf.referredBy) ? oldSelf.referredBy : \"\")",message="referredBy cannot be changed, added or removed: it counts when the account is created"
// +kubebuilder:validation:XValidation:rule="!has(self.adoption) || self.adoption in [\"\", 'Never'] || (has(self.deletionPolicy) && self.deletionPolicy != \"\")",message="write deletionPolicy out beside adoption: Delete would delete an account that was not created here, Retain would leave it"
// +kubebuilder:validation:XValidation:rule="!has(self.restoreAccountID) || self.restoreAccountID == \"\" || (has(self.adoption) && self.adoption == 'Restore')",message="write restoreAccountID with adoption: Restore, and only then"
// +kubebuilder:validation:XValidation:rule="(has(self.className) ? self.className : \"\") == (has(oldSelf.className) ? oldSelf.className : \"\")",message="className cannot be changed, added or removed; delete the object (with deletionPolicy: Retain to keep the account) and create it anew"
type AccountSpec struct {
	CommonSpec `json:",inline"`

	// email is the account's address: one plain ASCII address such as
	// alice@example.com, unique among all accounts of the store without regard to
	// letter case. Changing it changes the account's address at once, and the new
	// one is not confirmed.
	// +required
	// +kubebuilder:validation:MinLength=3
	// +kubebuilder:validation:MaxLength=254
	// +kubebuilder:validation:XValidation:rule="self.matches(\"^[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+([.][A-Za-z0-9!#$%&'*+/=?^_{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$\")",message="write one plain address such as alice@example.com: no display name, no list, no quotes, no spaces; a domain in another script in its xn-- form"
	// +kubebuilder:validation:XValidation:rule="self.indexOf('@') <= 64",message="the part before the @ has at most 64 characters"
	Email string `json:"email,omitempty"`

	// username is the name shown beside the account. Left out, it is the account
	// holder's to choose; "" clears it.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=64
	Username *Line `json:"username,omitempty"`

	// preferences of the account's pages. A leaf that is left out is the account
	// holder's to choose.
	// +optional
	// +default={}
	Preferences Preferences `json:"preferences,omitzero"`

	// security of the account.
	// +optional
	// +default={}
	Security Security `json:"security,omitzero"`

	// suspendAccess keeps everybody out of the account while it is true, as where
	// its holder has left: nobody signs in, and sessions, API keys and links that
	// were mailed end at once. What the account holds stays, and is written and
	// read as before. It is a policy and never the account holder's: left out, it
	// is false. It has nothing to do with suspend, which stops the operator.
	// +optional
	SuspendAccess bool `json:"suspendAccess,omitempty"` //nolint:kubeapilinter // as suspend is one

	// notifications that the account gets. A leaf that is left out is the account
	// holder's to choose.
	// +optional
	// +default={}
	Notifications Notifications `json:"notifications,omitzero"`

	// invoice is what goes onto the account's invoices. A leaf that is left out is
	// the account holder's to choose; "" clears it.
	// +optional
	// +default={}
	Invoice Invoice `json:"invoice,omitzero"`

	// referredBy is the referral code of the account that invited this one. It
	// counts when the account is created, and cannot be changed, added or removed.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]*$')",message="write a code as status.referral.code of another Account shows it: lower-case letters and digits"
	ReferredBy string `json:"referredBy,omitempty"`

	// adoption says what may be taken over when the store has an account of this
	// address already: Never (also when left out), IfUnclaimed (a live account that
	// no object manages) or Restore (an account that was deleted and can still be
	// brought back). For an account that this object did not have before, the
	// namespace needs the label account-operator.io/allow-adoption: "true".
	// deletionPolicy must be written out.
	// +optional
	Adoption Adoption `json:"adoption,omitempty"`

	// restoreAccountID names the account that adoption: Restore brings back, where
	// status.restoreCandidates lists several. Once the account is back it has no
	// effect. "" is as if it were left out.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=64
	RestoreAccountID string `json:"restoreAccountID,omitempty"`

	// managementPolicy says whether the account is written: Manage (also when left
	// out), or Observe, which only reads the account of this address into status
	// and needs the namespace's label as adoption does.
	// +optional
	ManagementPolicy ManagementPolicy `json:"managementPolicy,omitempty"`

	// deletion says what becomes of what the account owns when it is deleted.
	// +optional
	// +default={}
	Deletion AccountDeletion `json:"deletion,omitzero"`
}

// AccountDeletion says what becomes of what a deleted account owns.
// +kubebuilder:validation:XValidation:rule="(has(self.teams) && self.teams == 'Transfer') == has(self.transferTeamsTo)",message="write transferTeamsTo with teams: Transfer, and only then"
type AccountDeletion struct {
	// teams that the account owns are deleted with it (Delete, also when left out)
	// or given to another account (Transfer).
	// +optional
	Teams TeamsPolicy `json:"teams,omitempty"`

	// transferTeamsTo is the Account that gets them. The deletion waits until it is
	// Ready.
	// +optional
	TransferTeamsTo *AccountReference `json:"transferTeamsTo,omitempty"`
}

// Security of an account.
type Security struct {
	// twoFactor is Required or Optional. It is a policy and never the account
	// holder's: left out, it is Optional.
	// +optional
	TwoFactor TwoFactorPolicy `json:"twoFactor,omitempty"`

	// emailChange says who changes the account's address: Platform (also when left
	// out), by spec.email, or Holder, on the page of settings. With Holder
	// spec.email counts when the account is created; status.email has the present
	// one. Back to Platform takes spec.email only where the account has that
	// address, or where the annotation account-operator.io/replace-email has the
	// address whose place it is to take.
	// +optional
	EmailChange EmailChange `json:"emailChange,omitempty"`
}

// Preferences of the account's pages.
type Preferences struct {
	// theme is Dark, Light or System. Left out, it is the account holder's to
	// choose.
	// +optional
	Theme Theme `json:"theme,omitempty"`
}

// Notifications that the account gets.
type Notifications struct {
	// newsletter is Subscribed or Unsubscribed. Left out, it is the account
	// holder's to choose.
	// +optional
	Newsletter Subscription `json:"newsletter,omitempty"`

	// events says for types of notifications whether they are mailed. A type that
	// is left out is the account holder's to choose. Which types there are, the
	// store knows; an unknown one is refused with a list of them.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +default=[]
	// +kubebuilder:validation:MaxItems=64
	Events []EventNotification `json:"events,omitempty"`
}

// EventNotification is the choice for one type of notification.
type EventNotification struct {
	// type of event, such as low_credit.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]+(_[a-z0-9]+)*$')",message="write a type as the store names it: lower-case words joined by '_', such as low_credit"
	Type string `json:"type,omitempty"`

	// email is Enabled or Disabled.
	// +required
	Email MailChoice `json:"email,omitempty"`
}

// Account is one account of the backing store: its address, its preferences
// and its end.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=acct,categories=account-operator
// +kubebuilder:printcolumn:name="Email",type=string,JSONPath=`.spec.email`
// +kubebuilder:printcolumn:name="ID",type=string,JSONPath=`.status.accountID`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="Suspended",type=boolean,JSONPath=`.spec.suspend`
// +kubebuilder:printcolumn:name="Verified",type=string,JSONPath=`.status.conditions[?(@.type=="EmailVerified")].status`
// +kubebuilder:printcolumn:name="2FA",type=string,JSONPath=`.status.twoFactor.state`
// +kubebuilder:printcolumn:name="AccessSuspended",type=string,JSONPath=`.status.conditions[?(@.type=="AccessSuspended")].status`,priority=1
// +kubebuilder:printcolumn:name="DeletionRequested",type=string,JSONPath=`.status.conditions[?(@.type=="DeletionRequested")].status`,priority=1
// +kubebuilder:printcolumn:name="Referral",type=string,JSONPath=`.status.referral.code`,priority=1
// +kubebuilder:printcolumn:name="Verification",type=string,JSONPath=`.status.conditions[?(@.type=="EmailVerified")].reason`,priority=1
// +kubebuilder:printcolumn:name="Class",type=string,JSONPath=`.spec.className`,priority=1
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type Account struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object's metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// spec is what the platform team wants of the account. A leaf that is left out
	// belongs to the account holder: the store keeps it, and the operator does not
	// touch it.
	// +required
	Spec AccountSpec `json:"spec,omitzero"`

	// status is what is true in the store.
	// +optional
	// +default={"observedGeneration":-1}
	Status AccountStatus `json:"status,omitzero"`
}

// AccountList is a list of Accounts.
// +kubebuilder:object:root=true
type AccountList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`

	Items []Account `json:"items"`
}

// Common returns the part of the spec that every kind has.
func (a *Account) Common() *CommonSpec { return &a.Spec.CommonSpec }

// CommonStatus returns the part of the status that every kind has.
func (a *Account) CommonStatus() *CommonStatus { return &a.Status.CommonStatus }

// Observes reports whether the account is only read.
func (a *Account) Observes() bool { return a.Spec.ManagementPolicy == PolicyObserve }
