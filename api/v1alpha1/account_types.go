package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Theme is the colour scheme of the account's pages.
// +kubebuilder:validation:Enum=Dark;Light;System
type Theme string

// Subscription says whether mails of a kind are sent.
// +kubebuilder:validation:Enum=Subscribed;Unsubscribed
type Subscription string

// AccountSpec is what the platform team wants of an account. A leaf that is
// left out belongs to the account holder.
// +kubebuilder:validation:XValidation:rule="has(self.className) == has(oldSelf.className) && (!has(self.className) || self.className == oldSelf.className)",message="className cannot be changed, added or removed; delete the object (with deletionPolicy: Retain to keep the account) and create it anew"
type AccountSpec struct {
	CommonSpec `json:",inline"`

	// email is the account's address: one plain ASCII address such as
	// alice@example.com, unique among all accounts of the store without regard to
	// letter case. Changing it changes the account's address at once.
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
	// +kubebuilder:validation:XValidation:rule=`!self.matches(r'[\p{Cc}\p{Zl}\p{Zp}]')`,message="write one line: no line breaks, tabs or other control characters"
	Username *string `json:"username,omitempty"`

	// preferences of the account's pages. A leaf that is left out is the account
	// holder's to choose.
	// +optional
	Preferences Preferences `json:"preferences,omitzero"`

	// notifications that the account gets. A leaf that is left out is the account
	// holder's to choose.
	// +optional
	Notifications Notifications `json:"notifications,omitzero"`

	// invoice is what goes onto the account's invoices. A leaf that is left out is
	// the account holder's to choose; "" clears it.
	// +optional
	Invoice Invoice `json:"invoice,omitzero"`
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
}

// Invoice is what goes onto the account's invoices. A leaf that is left out is
// the account holder's; "" clears it.
type Invoice struct {
	// name of the person.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:XValidation:rule=`!self.matches(r'[\p{Cc}\p{Zl}\p{Zp}]')`,message="write one line: no line breaks, tabs or other control characters"
	Name *string `json:"name,omitempty"`

	// company that is invoiced.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:XValidation:rule=`!self.matches(r'[\p{Cc}\p{Zl}\p{Zp}]')`,message="write one line: no line breaks, tabs or other control characters"
	Company *string `json:"company,omitempty"`

	// taxID of the company, such as DE123456789.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule=`!self.matches(r'[\p{Cc}\p{Zl}\p{Zp}]')`,message="write one line: no line breaks, tabs or other control characters"
	TaxID *string `json:"taxID,omitempty"`

	// email that invoices are sent to: one plain ASCII address.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=254
	// +kubebuilder:validation:XValidation:rule="self == '' || self.matches(\"^[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+([.][A-Za-z0-9!#$%&'*+/=?^_{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$\")",message="write one plain address such as billing@example.com, or \"\" to clear it"
	// +kubebuilder:validation:XValidation:rule="self.indexOf('@') <= 64",message="the part before the @ has at most 64 characters"
	Email *string `json:"email,omitempty"`

	// address of the company or person. A leaf that is left out is the account
	// holder's to choose; "" clears it.
	// +optional
	Address PostalAddress `json:"address,omitzero"`
}

// PostalAddress is a postal address; leaves as in Invoice.
type PostalAddress struct {
	// line1 is street and number.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:XValidation:rule=`!self.matches(r'[\p{Cc}\p{Zl}\p{Zp}]')`,message="write one line: no line breaks, tabs or other control characters"
	Line1 *string `json:"line1,omitempty"`

	// line2 is what the first line has no room for.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:XValidation:rule=`!self.matches(r'[\p{Cc}\p{Zl}\p{Zp}]')`,message="write one line: no line breaks, tabs or other control characters"
	Line2 *string `json:"line2,omitempty"`

	// city or town.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:XValidation:rule=`!self.matches(r'[\p{Cc}\p{Zl}\p{Zp}]')`,message="write one line: no line breaks, tabs or other control characters"
	City *string `json:"city,omitempty"`

	// region is the state or province.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule=`!self.matches(r'[\p{Cc}\p{Zl}\p{Zp}]')`,message="write one line: no line breaks, tabs or other control characters"
	Region *string `json:"region,omitempty"`

	// postalCode as the country writes it.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=16
	// +kubebuilder:validation:XValidation:rule=`!self.matches(r'[\p{Cc}\p{Zl}\p{Zp}]')`,message="write one line: no line breaks, tabs or other control characters"
	PostalCode *string `json:"postalCode,omitempty"`

	// country is the ISO 3166-1 code of two capital letters, such as DE.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=2
	// +kubebuilder:validation:XValidation:rule="self.matches('^([A-Z]{2})?$')",message="write the ISO 3166-1 code of two capital letters, such as DE"
	Country *string `json:"country,omitempty"`
}

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

	// deletionBlockers are what keeps the deleted account from going, one entry a
	// kind.
	// +optional
	// +listType=map
	// +listMapKey=kind
	// +kubebuilder:validation:MaxItems=16
	DeletionBlockers []DeletionBlocker `json:"deletionBlockers,omitempty"`
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

// Account is one account of the backing store: its address, its preferences
// and its end.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=acct,categories=account-operator
// +kubebuilder:printcolumn:name="Email",type=string,JSONPath=`.spec.email`
// +kubebuilder:printcolumn:name="ID",type=string,JSONPath=`.status.accountID`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
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
