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

// CloudConnectionSpec is one connection of an account to a provider of
// storage.
// +kubebuilder:validation:XValidation:rule="has(self.className) == has(oldSelf.className) && (!has(self.className) || self.className == oldSelf.className)",message="className cannot be changed, added or removed; create another CloudConnection instead"
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
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:XValidation:rule=`!self.matches(r'[\p{Cc}\p{Zl}\p{Zp}]')`,message="write one line: no line breaks, tabs or other control characters"
	DisplayName string `json:"displayName,omitempty"`

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
}

// AmazonS3Connection is a bucket of Amazon S3, or of a server that speaks its
// protocol.
// +kubebuilder:validation:XValidation:rule="(has(self.endpoint) ? self.endpoint : \"\") == (has(oldSelf.endpoint) ? oldSelf.endpoint : \"\")",message="endpoint cannot be changed, added or removed, so that credentials never go to another host by an edit; create another CloudConnection instead"
type AmazonS3Connection struct {
	// bucket is the bucket's name.
	// +required
	// +kubebuilder:validation:MinLength=3
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9][a-z0-9.-]*[a-z0-9]$') && !self.contains('..')",message="a bucket's name has lower-case letters, digits, '-' and single '.', and begins and ends with a letter or digit"
	Bucket string `json:"bucket,omitempty"`

	// region of the bucket, such as eu-central-1.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9-]+$')",message="a region has lower-case letters, digits and '-', such as eu-central-1"
	Region string `json:"region,omitempty"`

	// endpoint of a server other than Amazon's, as https://host or
	// https://host:port. It cannot be changed.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=261
	// +kubebuilder:validation:XValidation:rule="self == '' || self.matches('^https://([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(:[1-9][0-9]{0,4})?$')",message="write https://host or https://host:port, without user, path, query or fragment"
	// +kubebuilder:validation:XValidation:rule="!self.matches(':[0-9]{5}$') || int(self.substring(size(self) - 5)) <= 65535",message="a port is at most 65535"
	Endpoint *string `json:"endpoint,omitempty"`

	// credentialsSecretRef names the Secret that holds the access key.
	// +required
	CredentialsSecretRef AmazonS3Credentials `json:"credentialsSecretRef,omitzero"`
}

// AmazonS3Credentials says where in a Secret of this namespace the access key
// stands.
type AmazonS3Credentials struct {
	// name of the Secret.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",message="write the name of an object: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit"
	Name string `json:"name,omitempty"`

	// accessKeyIDKey is the key of the Secret that holds the access key's ID;
	// access-key-id when left out.
	// +optional
	// +default="access-key-id"
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[-._a-zA-Z0-9]+$')",message="write a key as a Secret or ConfigMap has it: letters, digits, '-', '_' and '.'"
	AccessKeyIDKey string `json:"accessKeyIDKey,omitempty"`

	// secretAccessKeyKey is the key of the Secret that holds the secret access
	// key; secret-access-key when left out.
	// +optional
	// +default="secret-access-key"
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[-._a-zA-Z0-9]+$')",message="write a key as a Secret or ConfigMap has it: letters, digits, '-', '_' and '.'"
	SecretAccessKeyKey string `json:"secretAccessKeyKey,omitempty"`
}

// BackblazeConnection is a bucket of Backblaze B2.
type BackblazeConnection struct {
	// bucket is the bucket's name.
	// +required
	// +kubebuilder:validation:MinLength=3
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z0-9-]+$')",message="a bucket's name has letters, digits and '-'"
	Bucket string `json:"bucket,omitempty"`

	// region of the bucket, such as us-west-004.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9-]+$')",message="a region has lower-case letters, digits and '-', such as us-west-004"
	Region string `json:"region,omitempty"`

	// credentialsSecretRef names the Secret that holds the application key.
	// +required
	CredentialsSecretRef BackblazeCredentials `json:"credentialsSecretRef,omitzero"`
}

// BackblazeCredentials says where in a Secret of this namespace the
// application key stands.
type BackblazeCredentials struct {
	// name of the Secret.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",message="write the name of an object: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit"
	Name string `json:"name,omitempty"`

	// keyIDKey is the key of the Secret that holds the application key's ID;
	// key-id when left out.
	// +optional
	// +default="key-id"
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[-._a-zA-Z0-9]+$')",message="write a key as a Secret or ConfigMap has it: letters, digits, '-', '_' and '.'"
	KeyIDKey string `json:"keyIDKey,omitempty"`

	// applicationKeyKey is the key of the Secret that holds the application key;
	// application-key when left out.
	// +optional
	// +default="application-key"
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[-._a-zA-Z0-9]+$')",message="write a key as a Secret or ConfigMap has it: letters, digits, '-', '_' and '.'"
	ApplicationKeyKey string `json:"applicationKeyKey,omitempty"`
}

// DropboxConnection is the folder of a Dropbox app.
type DropboxConnection struct {
	// credentialsSecretRef names the Secret that holds the refresh token and the
	// app's key.
	// +required
	CredentialsSecretRef DropboxCredentials `json:"credentialsSecretRef,omitzero"`
}

// DropboxCredentials says where in a Secret of this namespace the token and
// the app's key stand.
type DropboxCredentials struct {
	// name of the Secret.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",message="write the name of an object: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit"
	Name string `json:"name,omitempty"`

	// refreshTokenKey is the key of the Secret that holds the refresh token;
	// refresh-token when left out.
	// +optional
	// +default="refresh-token"
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[-._a-zA-Z0-9]+$')",message="write a key as a Secret or ConfigMap has it: letters, digits, '-', '_' and '.'"
	RefreshTokenKey string `json:"refreshTokenKey,omitempty"`

	// appKeyKey is the key of the Secret that holds the app's key; app-key when
	// left out.
	// +optional
	// +default="app-key"
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[-._a-zA-Z0-9]+$')",message="write a key as a Secret or ConfigMap has it: letters, digits, '-', '_' and '.'"
	AppKeyKey string `json:"appKeyKey,omitempty"`

	// appSecretKey is the key of the Secret that holds the app's secret;
	// app-secret when left out.
	// +optional
	// +default="app-secret"
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[-._a-zA-Z0-9]+$')",message="write a key as a Secret or ConfigMap has it: letters, digits, '-', '_' and '.'"
	AppSecretKey string `json:"appSecretKey,omitempty"`
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

	// sources that the credentials came from, and which version of each.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=1
	Sources []SourceVersion `json:"sources,omitempty"`
}

// CloudConnection is one connection of an account to Amazon S3, Backblaze or
// Dropbox. Ready says that it is stored.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=cconn,categories=account-operator
// +kubebuilder:printcolumn:name="Account",type=string,JSONPath=`.spec.accountRef.name`
// +kubebuilder:printcolumn:name="Type",type=string,JSONPath=`.spec.type`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
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
