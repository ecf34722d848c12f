package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// CloudConnectionType is the provider of a connection.
// +kubebuilder:validation:Enum=AmazonS3;Backblaze;Dropbox
type CloudConnectionType string

// The providers.
const (
	ConnectionAmazonS3  CloudConnectionType = "AmazonS3"
	ConnectionBackblaze CloudConnectionType = "Backblaze"
	ConnectionDropbox   CloudConnectionType = "Dropbox"
)

// VerificationPolicy says when a connection is tried against its provider.
// +kubebuilder:validation:Enum=Disabled;OnChange;Periodic;""
type VerificationPolicy string

const (
	// VerificationDisabled never tries it.
	VerificationDisabled VerificationPolicy = "Disabled"
	// VerificationOnChange tries it when the spec or the credentials changed. It is
	// what an empty policy means.
	VerificationOnChange VerificationPolicy = "OnChange"
	// VerificationPeriodic tries it again from time to time as well.
	VerificationPeriodic VerificationPolicy = "Periodic"
)

// CloudConnectionSpec is one connection of an account to a provider of
// storage.
// +kubebuilder:validation:XValidation:rule="(has(self.className) ? self.className : \"\") == (has(oldSelf.className) ? oldSelf.className : \"\")",message="className cannot be changed, added or removed; create another CloudConnection instead"
// +kubebuilder:validation:XValidation:rule="self.accountRef.name == oldSelf.accountRef.name",message="accountRef cannot be changed; create another CloudConnection for the other account"
// +kubebuilder:validation:XValidation:rule="self.type == oldSelf.type",message="type cannot be changed; create another CloudConnection for the other provider"
// +kubebuilder:validation:XValidation:rule="(self.type == 'AmazonS3') == has(self.amazonS3)",message="give amazonS3 with type AmazonS3, and only then"
// +kubebuilder:validation:XValidation:rule="(self.type == 'Backblaze') == has(self.backblaze)",message="give backblaze with type Backblaze, and only then"
// +kubebuilder:validation:XValidation:rule="(self.type == 'Dropbox') == has(self.dropbox)",message="give dropbox with type Dropbox, and only then"
// +union
type CloudConnectionSpec struct {
	CommonSpec `json:",inline"`

	// accountRef names the Account, in this namespace, that the connection belongs
	// to. It cannot be changed.
	// +required
	AccountRef AccountReference `json:"accountRef,omitzero"`

	// displayName is shown to the account holder; the object's name when left out.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=128
	DisplayName Line `json:"displayName,omitempty"`

	// type is the provider: AmazonS3, Backblaze or Dropbox. It cannot be changed.
	// +required
	// +unionDiscriminator
	Type CloudConnectionType `json:"type,omitempty"`

	// amazonS3 is a bucket of Amazon S3, or of a server that speaks its protocol.
	// +optional
	AmazonS3 *AmazonS3Connection `json:"amazonS3,omitempty"`

	// backblaze is a bucket of Backblaze B2.
	// +optional
	Backblaze *BackblazeConnection `json:"backblaze,omitempty"`

	// dropbox is the folder of a Dropbox app.
	// +optional
	Dropbox *DropboxConnection `json:"dropbox,omitempty"`

	// verification says when the provider is asked whether it takes the
	// credentials: OnChange (also when left out) when the spec or the credentials
	// changed, Periodic from time to time as well, Disabled never. The answer is the
	// condition Verified; what is stored does not depend on it.
	// +optional
	Verification VerificationPolicy `json:"verification,omitempty"`
}

// CloudConnectionStatus is what the account has of the connection.
type CloudConnectionStatus struct {
	CommonStatus `json:",inline"`

	// connectionID is the connection's identity in the store. It is a report:
	// nothing is decided by it.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	ConnectionID string `json:"connectionID,omitempty"`

	// lastVerifiedTime is when the provider was asked last. While it goes on to
	// answer the same, this moves once an hour at most.
	// +optional
	LastVerifiedTime *metav1.Time `json:"lastVerifiedTime,omitempty"`

	// sources that the credentials came from, and which version of each.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=1
	Sources []SourceVersion `json:"sources,omitempty"`
}

// CloudConnection is one connection of an account to Amazon S3, Backblaze or
// Dropbox. Ready says that it is stored, Verified what the provider answered.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=cconn,categories=account-operator
// +kubebuilder:printcolumn:name="Account",type=string,JSONPath=`.spec.accountRef.name`
// +kubebuilder:printcolumn:name="Type",type=string,JSONPath=`.spec.type`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="Suspended",type=boolean,JSONPath=`.spec.suspend`
// +kubebuilder:printcolumn:name="Verified",type=string,JSONPath=`.status.conditions[?(@.type=="Verified")].status`
// +kubebuilder:printcolumn:name="Verdict",type=string,JSONPath=`.status.conditions[?(@.type=="Verified")].reason`
// +kubebuilder:printcolumn:name="Class",type=string,JSONPath=`.spec.className`,priority=1
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type CloudConnection struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object's metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// spec is what the platform team wants.
	// +required
	Spec CloudConnectionSpec `json:"spec,omitzero"`

	// status is what is true in the store.
	// +optional
	// +default={"observedGeneration":-1}
	Status CloudConnectionStatus `json:"status,omitzero"`
}

// CloudConnectionList is a list of CloudConnections.
// +kubebuilder:object:root=true
type CloudConnectionList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`

	Items []CloudConnection `json:"items"`
}

// Common returns the part of the spec that every kind has.
func (c *CloudConnection) Common() *CommonSpec { return &c.Spec.CommonSpec }

// CommonStatus returns the part of the status that every kind has.
func (c *CloudConnection) CommonStatus() *CommonStatus { return &c.Status.CommonStatus }

// AccountName is the name of the Account that the connection belongs to.
func (c *CloudConnection) AccountName() string { return c.Spec.AccountRef.Name }
