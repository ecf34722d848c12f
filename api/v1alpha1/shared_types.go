package v1alpha1

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Finalizer keeps an object until the operator has ended what the object
// stands for in the store.
const Finalizer = "account-operator.io/finalizer"

const (
	// RequestedAtAnnotation asks for a reconcile now: any new value, of which the
	// first 64 bytes count. status.lastHandledRequest says that it was done.
	RequestedAtAnnotation = "account-operator.io/requested-at"
	// ForgetAnnotation is the order to let an object that is being deleted go without
	// touching the store. Its value is the object's metadata.deletionTimestamp, so
	// that it cannot be given before the deletion.
	ForgetAnnotation = "account-operator.io/forget"
	// AcceptStoreAnnotation names the ID of the present store, and says that it is
	// the right one for this object although status.storeID names another: an
	// object that was held with the reason AnotherStore goes on.
	AcceptStoreAnnotation = "account-operator.io/accept-store"
	// ConfirmRemovalAnnotation names how many accounts an EnvVarSet is to be taken
	// out of that its accountSelector does not match any more. More than ten at once
	// wait for it.
	ConfirmRemovalAnnotation = "account-operator.io/confirm-removal"
	// ReplaceEmailAnnotation names the address of an Account's holder whose place
	// spec.email is to take, where spec.security.emailChange is the platform's again.
	ReplaceEmailAnnotation = "account-operator.io/replace-email"
)

// Annotations are all that the operator reads.
var Annotations = []string{RequestedAtAnnotation, ForgetAnnotation, AcceptStoreAnnotation, ConfirmRemovalAnnotation, ReplaceEmailAnnotation}

// ForgetValue is the value of ForgetAnnotation that counts for this object, as
// kubectl shows its deletionTimestamp; empty while it is not being deleted.
func ForgetValue(obj metav1.Object) string {
	deleted := obj.GetDeletionTimestamp()
	if deleted.IsZero() {
		return ""
	}
	return deleted.UTC().Format(time.RFC3339)
}

// DeletionPolicy says what happens in the store when the object is deleted.
// +kubebuilder:validation:Enum=Delete;Retain;""
type DeletionPolicy string

const (
	// DeletionDelete removes from the store what the object stands for. It is what
	// an empty policy means.
	DeletionDelete DeletionPolicy = "Delete"
	// DeletionRetain leaves the store as it is and only gives up managing it.
	DeletionRetain DeletionPolicy = "Retain"
)

// DriftPolicy says what happens when another client changed in the store what
// the object applied.
// +kubebuilder:validation:Enum=Correct;Report;""
type DriftPolicy string

const (
	// DriftCorrect puts it back. It is what an empty policy means.
	DriftCorrect DriftPolicy = "Correct"
	// DriftReport leaves it and reports it in status.
	DriftReport DriftPolicy = "Report"
)

// Line is a text that people read on one line. What they cannot see, and what
// turns the direction of the text around it, is refused: it makes one name look
// like another. Joiners and variation selectors are taken where the script or
// the emoji before them has a use for them.
// +kubebuilder:validation:XValidation:rule=`!self.matches(r'[\p{Cc}\p{Zl}\p{Zp}]')`,message="write one line: no line breaks, tabs or other control characters"
// +kubebuilder:validation:XValidation:rule=`!self.matches(r'[\x{AD}\x{34F}\x{61C}\x{115F}\x{1160}\x{17B4}\x{17B5}\x{180B}-\x{180F}\x{200B}\x{200E}\x{200F}\x{202A}-\x{202E}\x{2060}-\x{206F}\x{2800}\x{3164}\x{FE00}-\x{FE0D}\x{FEFF}\x{FFA0}\x{FFF0}-\x{FFFB}\x{1BCA0}-\x{1BCA3}\x{1D173}-\x{1D17A}\x{E0000}-\x{E00FF}\x{E01F0}-\x{E0FFF}]|(^|[^\p{Arabic}\p{Bengali}\p{Devanagari}\p{Gujarati}\p{Gurmukhi}\p{Kannada}\p{Khmer}\p{Malayalam}\p{Mongolian}\p{Myanmar}\p{Oriya}\p{Sinhala}\p{Syriac}\p{Tamil}\p{Telugu}\p{Tibetan}\p{So}\x{FE0F}\x{1F3FB}-\x{1F3FF}])[\x{200C}\x{200D}]|(^|[^\p{So}])[\x{FE0E}\x{FE0F}]|(^|[^\p{Han}])[\x{E0100}-\x{E01EF}]')`,message="write only what can be seen: no invisible characters, such as U+200B, and none that turn the direction of a text, such as U+202E"
type Line string

// CommonSpec is what every kind's spec has.
type CommonSpec struct {
	// className says which manager serves this object: the one started with this
	// --class. Left out, it is the manager that was started without one. It must
	// be the Account's, and it cannot be changed.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$')",message="write a class as the manager's --class has it: lower-case letters, digits and '-', beginning and ending with a letter or digit"
	ClassName string `json:"className,omitempty"`

	// deletionPolicy says what happens in the store when this object is deleted:
	// Delete (also when left out) removes what the object stands for, Retain
	// leaves it there and only stops managing it.
	// +optional
	DeletionPolicy DeletionPolicy `json:"deletionPolicy,omitempty"`

	// driftPolicy says what happens when another client changed in the store what
	// this object applied: Correct (also when left out) puts it back, Report leaves
	// it, names it in status.drifted and sets the condition Drifted. What changes
	// in this object is written under either.
	// +optional
	DriftPolicy DriftPolicy `json:"driftPolicy,omitempty"`

	// resyncIntervalSeconds is how often the store is compared with this object
	// although nothing reported a change: at least 30, and spread by a quarter to
	// either side. 0 leaves it to watches and the store's change feed. Left out, it
	// is the manager's --resync-interval.
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=604800
	// +kubebuilder:validation:XValidation:rule="self == 0 || self >= 30",message="write 0, or at least 30 seconds"
	ResyncIntervalSeconds *int32 `json:"resyncIntervalSeconds,omitempty"`

	// suspend stops the operator from acting on this object until it is false
	// again. A deletion still acts.
	// +optional
	Suspend bool `json:"suspend,omitempty"` //nolint:kubeapilinter // a boolean by this name is what users of Jobs, CronJobs and Flux know
}

// ReportsDrift reports whether drift is to be shown and not put back.
func (s *CommonSpec) ReportsDrift() bool { return s.DriftPolicy == DriftReport }

// Retains reports whether the store is to be left as it is when the object goes.
func (s *CommonSpec) Retains() bool { return s.DeletionPolicy == DeletionRetain }

// CommonStatus is what every kind's status has.
type CommonStatus struct {
	// conditions show the state: Ready always; Stalled, Suspended, Drifted and
	// DeletionBlocked only while they are true.
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

	// lastHandledRequest is the value of the annotation
	// account-operator.io/requested-at that was acted upon last.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	LastHandledRequest string `json:"lastHandledRequest,omitempty"`

	// storeID is the ID of the store that this object was synced to last; left out
	// where that is not known. Where it is another than the manager's, the object
	// is left alone, with the reason AnotherStore.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	StoreID string `json:"storeID,omitempty"`

	// signature shows the operator that it wrote this status itself. A status that
	// another client wrote is made again.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	Signature string `json:"signature,omitempty"`

	// drifted names what another client changed in the store and driftPolicy Report
	// left so; the first hundred, in order.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=253
	Drifted []string `json:"drifted,omitempty"`
}

// AccountReference names an Account of the same namespace.
type AccountReference struct {
	// name of the Account.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",message="write the name of an object: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit"
	Name string `json:"name,omitempty"`
}

// SourceVersion is a Secret or ConfigMap and the version of it that was read
// last.
type SourceVersion struct {
	// kind is Secret or ConfigMap.
	// +required
	Kind SourceKind `json:"kind,omitempty"`

	// name of the object.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`

	// resourceVersion that was read; left out when an optional source does not
	// exist.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	ResourceVersion string `json:"resourceVersion,omitempty"`
}

// SourceKind is the kind of object that values come from.
// +kubebuilder:validation:Enum=Secret;ConfigMap
type SourceKind string

// The kinds of sources.
const (
	SourceSecret    SourceKind = "Secret"
	SourceConfigMap SourceKind = "ConfigMap"
)
