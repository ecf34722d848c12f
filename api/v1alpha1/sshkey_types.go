package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// SSHKeySpec is one public key of an account.
// +kubebuilder:validation:XValidation:rule="(has(self.className) ? self.className : \"\") == (has(oldSelf.className) ? oldSelf.className : \"\")",message="className cannot be changed, added or removed; create another SSHKey instead"
// +kubebuilder:validation:XValidation:rule="self.accountRef.name == oldSelf.accountRef.name",message="accountRef cannot be changed; create another SSHKey for the other account"
// +kubebuilder:validation:XValidation:rule=`self.publicKey.matches('^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh[.]com) [A-Za-z0-9+/]+=?=?( [ -~]*)?$')`,fieldPath=".publicKey",message="write one public key as its .pub file has it: the type, such as ssh-ed25519, a space, the key in base64, and a comment in ASCII if wanted"
// +kubebuilder:validation:XValidation:rule="!self.publicKey.matches('PRIVATE KEY|Private-Lines')",fieldPath=".publicKey",message="this is a private key: write the public one, and make another pair, since this one is not secret any more"
type SSHKeySpec struct {
	CommonSpec `json:",inline"`

	// accountRef names the Account, in this namespace, that the key belongs to. It
	// cannot be changed.
	// +required
	AccountRef AccountReference `json:"accountRef,omitzero"`

	// publicKey is the key as a file such as id_ed25519.pub has it: one line with
	// the type, the key in base64 and, if wanted, a comment. Another key in its
	// place replaces it.
	// ---
	// Its rules stand at the spec: the API server repeats the value of a field
	// whose own rule is broken, and that may be a private key.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	PublicKey string `json:"publicKey,omitempty"`
}

// SSHKeyStatus is what the account has of the key.
type SSHKeyStatus struct {
	CommonStatus `json:",inline"`

	// keyID is the key's identity in the store. It is a report: nothing is decided
	// by it.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	KeyID string `json:"keyID,omitempty"`

	// type of the key, such as ssh-ed25519.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	Type string `json:"type,omitempty"`

	// fingerprint of the key as ssh-keygen -l shows it.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	Fingerprint string `json:"fingerprint,omitempty"`
}

// SSHKey is one public key of an account, with which its holder logs in where
// the account's machines take it.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=sshk,categories=account-operator
// +kubebuilder:printcolumn:name="Account",type=string,JSONPath=`.spec.accountRef.name`
// +kubebuilder:printcolumn:name="Type",type=string,JSONPath=`.status.type`
// +kubebuilder:printcolumn:name="Fingerprint",type=string,JSONPath=`.status.fingerprint`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="Suspended",type=boolean,JSONPath=`.spec.suspend`
// +kubebuilder:printcolumn:name="Class",type=string,JSONPath=`.spec.className`,priority=1
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type SSHKey struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object's metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// spec is what the platform team wants.
	// +required
	Spec SSHKeySpec `json:"spec,omitzero"`

	// status is what is true in the store.
	// +optional
	// +default={"observedGeneration":-1}
	Status SSHKeyStatus `json:"status,omitzero"`
}

// SSHKeyList is a list of SSHKeys.
// +kubebuilder:object:root=true
type SSHKeyList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`

	Items []SSHKey `json:"items"`
}

// Common returns the part of the spec that every kind has.
func (k *SSHKey) Common() *CommonSpec { return &k.Spec.CommonSpec }

// CommonStatus returns the part of the status that every kind has.
func (k *SSHKey) CommonStatus() *CommonStatus { return &k.Status.CommonStatus }

// AccountName is the name of the Account that the key belongs to.
func (k *SSHKey) AccountName() string { return k.Spec.AccountRef.Name }
