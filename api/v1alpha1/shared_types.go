package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Finalizer keeps an object until the operator has ended what the object
// stands for in the store.
const Finalizer = "account-operator.io/finalizer"

// DeletionPolicy says what happens in the store when the object is deleted.
// +kubebuilder:validation:Enum=Delete;Retain
type DeletionPolicy string

const (
	// DeletionDelete removes from the store what the object stands for. It is what
	// an empty policy means.
	DeletionDelete DeletionPolicy = "Delete"
	// DeletionRetain leaves the store as it is and only gives up managing it.
	DeletionRetain DeletionPolicy = "Retain"
)

// CommonSpec is what every kind's spec has.
type CommonSpec struct {
	// className says which manager serves this object: the one started with this
	// --class. Left out, it is the manager that was started without one. It must
	// be the Account's, and it cannot be changed.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",message="write a class as the manager's --class has it: lower-case letters, digits and '-', beginning and ending with a letter or digit"
	ClassName string `json:"className,omitempty"`

	// deletionPolicy says what happens in the store when this object is deleted:
	// Delete (also when left out) removes what the object stands for, Retain
	// leaves it there and only stops managing it.
	// +optional
	DeletionPolicy DeletionPolicy `json:"deletionPolicy,omitempty"`

	// suspend stops the operator from acting on this object until it is false
	// again. A deletion still acts.
	// +optional
	Suspend bool `json:"suspend,omitempty"` //nolint:kubeapilinter // a boolean by this name is what users of Jobs, CronJobs and Flux know
}

// Retains tells whether the store is to be left as it is when the object goes.
func (s *CommonSpec) Retains() bool { return s.DeletionPolicy == DeletionRetain }

// CommonStatus is what every kind's status has.
type CommonStatus struct {
	// conditions tell the state: Ready always; Stalled, Suspended and
	// DeletionBlocked only while they are true.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=16
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// observedGeneration is the generation of the spec that this status speaks of.
	// +optional
	// +kubebuilder:validation:Minimum=1
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
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
