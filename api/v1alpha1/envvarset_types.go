package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// EnvVarSetSpec is a set of environment variables and the account that gets
// them.
// +kubebuilder:validation:XValidation:rule="(has(self.className) ? self.className : \"\") == (has(oldSelf.className) ? oldSelf.className : \"\")",message="className cannot be changed, added or removed; create another EnvVarSet instead"
// +kubebuilder:validation:XValidation:rule="self.accountRef.name == oldSelf.accountRef.name",message="accountRef cannot be changed; create another EnvVarSet for the other account"
type EnvVarSetSpec struct {
	CommonSpec `json:",inline"`

	// accountRef names the Account, in this namespace, that gets the variables. It
	// cannot be changed.
	// +required
	AccountRef AccountReference `json:"accountRef,omitzero"`

	// env lists variables one by one, as in a Pod. They win over those of envFrom
	// and dotenv. Unlike in a Pod, $(NAME) in a value is not expanded.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +default=[]
	// +kubebuilder:validation:MaxItems=256
	Env []EnvVar `json:"env,omitempty"`

	// envFrom takes every key of whole Secrets and ConfigMaps, as in a Pod; a
	// later entry wins over an earlier one. Unlike in a Pod, a key that is no
	// valid name stops the set instead of being left out.
	// +optional
	// +listType=atomic
	// +default=[]
	// +kubebuilder:validation:MaxItems=16
	EnvFrom []EnvFromSource `json:"envFrom,omitempty"`

	// dotenv takes variables from the text of .env files. They win over those of
	// envFrom; a later entry wins over an earlier one. Nothing is expanded.
	// +optional
	// +listType=atomic
	// +default=[]
	// +kubebuilder:validation:MaxItems=16
	Dotenv []DotenvSource `json:"dotenv,omitempty"` //nolint:kubeapilinter // no field is required, but a rule of the struct wants one of three

	// updatePolicy is Always (also when left out) or IfNotExists. Always keeps the
	// variables as they are here. IfNotExists writes a name that the account does
	// not have and leaves it to the account holder from then on: it is never
	// changed and never deleted by this set.
	// +optional
	UpdatePolicy UpdatePolicy `json:"updatePolicy,omitempty"`
}

// UpdatePolicy says what happens to a variable that is there already.
// +kubebuilder:validation:Enum=Always;IfNotExists;""
type UpdatePolicy string

const (
	// UpdateAlways keeps the variables as the set has them. It is what an empty
	// policy means.
	UpdateAlways UpdatePolicy = "Always"
	// UpdateIfNotExists writes what is missing and releases it at once.
	UpdateIfNotExists UpdatePolicy = "IfNotExists"
)

// EnvVarSetStatus is what the account has of the set.
type EnvVarSetStatus struct {
	CommonStatus `json:",inline"`

	// varCount is how many variables of the account this set holds.
	// +optional
	// +kubebuilder:validation:Minimum=0
	VarCount *int32 `json:"varCount,omitempty"`

	// names of the variables that this set holds. A report: what the store records
	// decides.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=1024
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=512
	Names []string `json:"names,omitempty"`

	// sources that the values came from, and which version of each.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=512
	Sources []SourceVersion `json:"sources,omitempty"`

	// conflicts are the names that another set holds.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=1024
	Conflicts []EnvVarConflict `json:"conflicts,omitempty"`

	// lastSyncTime is when a variable of this set was last written or removed.
	// +optional
	LastSyncTime *metav1.Time `json:"lastSyncTime,omitempty"`
}

// EnvVarConflict is a name that another set holds.
type EnvVarConflict struct {
	// name of the variable.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Name string `json:"name,omitempty"`

	// holder is the name of the EnvVarSet that holds it.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Holder string `json:"holder,omitempty"`
}

// EnvVarSet is a set of environment variables of one account, from values,
// Secrets and ConfigMaps.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=evs,categories=account-operator
// +kubebuilder:printcolumn:name="Account",type=string,JSONPath=`.spec.accountRef.name`
// +kubebuilder:printcolumn:name="Vars",type=integer,JSONPath=`.status.varCount`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="Suspended",type=boolean,JSONPath=`.spec.suspend`
// +kubebuilder:printcolumn:name="Last Sync",type=date,JSONPath=`.status.lastSyncTime`
// +kubebuilder:printcolumn:name="Class",type=string,JSONPath=`.spec.className`,priority=1
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type EnvVarSet struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object's metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// spec is what the platform team wants.
	// +required
	Spec EnvVarSetSpec `json:"spec,omitzero"`

	// status is what is true in the store.
	// +optional
	// +default={"observedGeneration":-1}
	Status EnvVarSetStatus `json:"status,omitzero"`
}

// EnvVarSetList is a list of EnvVarSets.
// +kubebuilder:object:root=true
type EnvVarSetList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`

	Items []EnvVarSet `json:"items"`
}

// Common returns the part of the spec that every kind has.
func (s *EnvVarSet) Common() *CommonSpec { return &s.Spec.CommonSpec }

// CommonStatus returns the part of the status that every kind has.
func (s *EnvVarSet) CommonStatus() *CommonStatus { return &s.Status.CommonStatus }

// AccountName is the name of the Account that the set belongs to.
func (s *EnvVarSet) AccountName() string { return s.Spec.AccountRef.Name }
