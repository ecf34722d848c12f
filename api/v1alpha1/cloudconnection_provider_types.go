package v1alpha1

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
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[-._a-zA-Z0-9]*$')",message="write a key as a Secret or ConfigMap has it: letters, digits, '-', '_' and '.'"
	AccessKeyIDKey string `json:"accessKeyIDKey,omitempty"`

	// secretAccessKeyKey is the key of the Secret that holds the secret access
	// key; secret-access-key when left out.
	// +optional
	// +default="secret-access-key"
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[-._a-zA-Z0-9]*$')",message="write a key as a Secret or ConfigMap has it: letters, digits, '-', '_' and '.'"
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
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[-._a-zA-Z0-9]*$')",message="write a key as a Secret or ConfigMap has it: letters, digits, '-', '_' and '.'"
	KeyIDKey string `json:"keyIDKey,omitempty"`

	// applicationKeyKey is the key of the Secret that holds the application key;
	// application-key when left out.
	// +optional
	// +default="application-key"
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[-._a-zA-Z0-9]*$')",message="write a key as a Secret or ConfigMap has it: letters, digits, '-', '_' and '.'"
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
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[-._a-zA-Z0-9]*$')",message="write a key as a Secret or ConfigMap has it: letters, digits, '-', '_' and '.'"
	RefreshTokenKey string `json:"refreshTokenKey,omitempty"`

	// appKeyKey is the key of the Secret that holds the app's key; app-key when
	// left out.
	// +optional
	// +default="app-key"
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[-._a-zA-Z0-9]*$')",message="write a key as a Secret or ConfigMap has it: letters, digits, '-', '_' and '.'"
	AppKeyKey string `json:"appKeyKey,omitempty"`

	// appSecretKey is the key of the Secret that holds the app's secret;
	// app-secret when left out.
	// +optional
	// +default="app-secret"
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[-._a-zA-Z0-9]*$')",message="write a key as a Secret or ConfigMap has it: letters, digits, '-', '_' and '.'"
	AppSecretKey string `json:"appSecretKey,omitempty"`
}
