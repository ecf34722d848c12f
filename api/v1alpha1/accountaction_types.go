package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// ActionType says what an AccountAction does.
// +kubebuilder:validation:Enum=ResendVerificationEmail;SendPasswordReset;ResetTwoFactor;ConfirmAddress
type ActionType string

// The types of actions.
const (
	// ActionResendVerificationEmail mails a new link that confirms the address.
	ActionResendVerificationEmail ActionType = "ResendVerificationEmail"
	// ActionSendPasswordReset mails a link that lets the account holder choose a
	// password.
	ActionSendPasswordReset ActionType = "SendPasswordReset"
	// ActionResetTwoFactor removes every second factor and mails a notice.
	ActionResetTwoFactor ActionType = "ResetTwoFactor"
	// ActionConfirmAddress confirms a changed address that its holder proved in another
	// way than by mail.
	ActionConfirmAddress ActionType = "ConfirmAddress"
)

// AccountActionSpec is what is to be done once.
// +kubebuilder:validation:XValidation:rule="has(self.email) == (self.type == 'ConfirmAddress')",message="write email with type: ConfirmAddress, and only then"
// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="an action cannot be changed; create another one (kubectl create with generateName)"
type AccountActionSpec struct {
	// accountRef names the Account, in this namespace.
	// +required
	AccountRef AccountReference `json:"accountRef,omitzero"`

	// type is ResendVerificationEmail, SendPasswordReset, ResetTwoFactor or
	// ConfirmAddress.
	// +required
	Type ActionType `json:"type,omitempty"`

	// email is the address that ConfirmAddress confirms, as status.email of the
	// Account shows it; if the account has another one by then, nothing is confirmed.
	// Left out with every other type.
	// +optional
	// +kubebuilder:validation:MinLength=3
	// +kubebuilder:validation:MaxLength=254
	Email string `json:"email,omitempty"`

	// ttlSecondsAfterFinished is how long this object stays after the action is
	// complete or has failed. Left out, it stays until it is deleted. Do not
	// keep an object with it in Git: it would be made again, and mail again.
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=31536000
	TTLSecondsAfterFinished *int32 `json:"ttlSecondsAfterFinished,omitempty"`
}

// AccountActionStatus is how the action went.
type AccountActionStatus struct {
	// conditions show the state: Ready always; Complete, or Failed together with
	// Stalled, when it is over.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=16
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// observedGeneration is the generation of the spec that this status speaks of;
	// -1 until the operator saw the object, so that nobody takes it for done.
	// +optional
	// +kubebuilder:validation:Minimum=-1
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// signature shows the operator that it wrote this status itself. A status that
	// another client wrote is made again.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	Signature string `json:"signature,omitempty"`

	// startTime is when the operator first saw the action.
	// +optional
	StartTime *metav1.Time `json:"startTime,omitempty"`

	// completionTime is when the action was performed or refused for good.
	// +optional
	CompletionTime *metav1.Time `json:"completionTime,omitempty"`
}

// AccountAction is a button pressed once: it is performed exactly once, however
// often it is looked at, and never again.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=acctact,categories=account-operator
// +kubebuilder:printcolumn:name="Account",type=string,JSONPath=`.spec.accountRef.name`
// +kubebuilder:printcolumn:name="Type",type=string,JSONPath=`.spec.type`
// +kubebuilder:printcolumn:name="State",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type AccountAction struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object's metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// spec is what is to be done. It cannot be changed.
	// +required
	Spec AccountActionSpec `json:"spec,omitzero"`

	// status is how it went.
	// +optional
	// +default={"observedGeneration":-1}
	Status AccountActionStatus `json:"status,omitzero"`
}

// AccountName is the name of the Account that it is about.
func (x *AccountAction) AccountName() string { return x.Spec.AccountRef.Name }

// Finished reports whether status says that it is over. The store would say the same; asking it again would only cost.
func (x *AccountAction) Finished() bool { return x.Status.CompletionTime != nil }

// AccountActionList is a list of AccountActions.
// +kubebuilder:object:root=true
type AccountActionList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`

	Items []AccountAction `json:"items"`
}
