package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// EnvVarSetSpec is a set of environment variables and the accounts that get
// them.
// +kubebuilder:validation:ExactlyOneOf=accountRef;accountSelector
// +kubebuilder:validation:XValidation:rule="(has(self.className) ? self.className : \"\") == (has(oldSelf.className) ? oldSelf.className : \"\")",message="className cannot be changed, added or removed; create another EnvVarSet instead"
// +kubebuilder:validation:XValidation:rule="!has(self.accountRef) || !has(oldSelf.accountRef) || self.accountRef.name == oldSelf.accountRef.name",message="accountRef cannot be changed; create another EnvVarSet for the other account"
// +kubebuilder:validation:XValidation:rule="has(self.accountRef) == has(oldSelf.accountRef)",message="accountRef and accountSelector cannot take each other's place; create another EnvVarSet instead"
type EnvVarSetSpec struct {
	CommonSpec `json:",inline"`

	// accountRef names the Account, in this namespace, that gets the variables. It
	// cannot be changed. A set has either this or accountSelector.
	// +optional
	AccountRef AccountReference `json:"accountRef,omitzero"`

	// accountSelector chooses Accounts of this namespace, of this set's class, by
	// their labels: each that has them gets the variables, and loses them with the
	// labels. Whoever may label an Account decides so that it gets these values.
	// +optional
	AccountSelector *AccountSelector `json:"accountSelector,omitempty"`

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

// AccountSelector chooses Accounts by their labels. What it has must all hold.
// +kubebuilder:validation:MinProperties=1
type AccountSelector struct {
	// matchLabels are labels that an Account must have.
	// +optional
	// +kubebuilder:validation:MinProperties=1
	// +kubebuilder:validation:MaxProperties=8
	// +kubebuilder:validation:XValidation:rule="self.all(k, size(k) <= 317 && size(self[k]) <= 63)",message="write labels as an Account has them: a key of at most 317 characters, such as team or example.com/team, and a value of at most 63"
	MatchLabels map[string]string `json:"matchLabels,omitempty"`

	// matchExpressions are conditions on the labels of an Account.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	MatchExpressions []LabelExpression `json:"matchExpressions,omitempty"`
}

// LabelExpression is a condition on one label.
// +kubebuilder:validation:XValidation:rule="(self.operator in ['In', 'NotIn']) == (has(self.values) && size(self.values) > 0)",message="give values with In and NotIn, and none with Exists and DoesNotExist"
type LabelExpression struct {
	// key of the label.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=317
	// +kubebuilder:validation:XValidation:rule="self.matches('^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$')",message="write the key of a label, such as team or example.com/team"
	Key string `json:"key,omitempty"`

	// operator is In or NotIn, with values, or Exists or DoesNotExist.
	// +required
	Operator LabelOperator `json:"operator,omitempty"`

	// values that the label has, or has not.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=16
	Values []LabelValue `json:"values,omitempty"`
}

// LabelValue is the value of a label.
// +kubebuilder:validation:MinLength=0
// +kubebuilder:validation:MaxLength=63
// +kubebuilder:validation:XValidation:rule="self.matches('^([A-Za-z0-9]+([-_.]+[A-Za-z0-9]+)*)?$')",message="write the value of a label: letters, digits, '-', '_' and '.', beginning and ending with a letter or digit"
type LabelValue string

// LabelOperator says how a label is compared.
// +kubebuilder:validation:Enum=In;NotIn;Exists;DoesNotExist
type LabelOperator string

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

	// accounts counts those that accountSelector matches; left out where the set
	// has an accountRef.
	// +optional
	Accounts MatchedAccounts `json:"accounts,omitzero"`

	// varCount is how many variables this set has, in each of its accounts.
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

// MatchedAccounts says how far a set has come with the Accounts that it matches.
type MatchedAccounts struct {
	// matched is how many Accounts the selector matches.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Matched int32 `json:"matched"` //nolint:kubeapilinter // zero is an answer, and is shown

	// ready is how many of them have the variables as they are here.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Ready int32 `json:"ready"` //nolint:kubeapilinter // as matched

	// blocked is how many of them cannot get them, or not all.
	// +optional
	// +kubebuilder:validation:Minimum=0
	Blocked int32 `json:"blocked"` //nolint:kubeapilinter // as matched

	// progress is ready and matched in one text, such as 38/40.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	Progress string `json:"progress,omitempty"`

	// notReady are the first 20 of those that are blocked, by name.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=20
	NotReady []BlockedAccount `json:"notReady,omitempty"`
}

// BlockedAccount is an Account that a set cannot give all of its variables.
type BlockedAccount struct {
	// name of the Account.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`

	// reason is that which Ready would have if the set were for this Account alone.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	Reason string `json:"reason,omitempty"`

	// message says what is in the way and what to do.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	Message string `json:"message,omitempty"`
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

// EnvVarSet is a set of environment variables of one account, or of all that
// have certain labels, from values, Secrets and ConfigMaps.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=evs,categories=account-operator
// +kubebuilder:printcolumn:name="Account",type=string,JSONPath=`.spec.accountRef.name`
// +kubebuilder:printcolumn:name="Accounts",type=string,JSONPath=`.status.accounts.progress`
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
	Spec EnvVarSetSpec `json:"spec,omitzero"` //nolint:kubeapilinter // no field is required, but a rule of the struct wants one of two

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

// AccountName is the name of the Account that the set belongs to; empty where it
// selects its accounts.
func (s *EnvVarSet) AccountName() string { return s.Spec.AccountRef.Name }
