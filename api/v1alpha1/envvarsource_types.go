package v1alpha1

// EnvVar is one variable: its value is written out, or taken from one key of a
// Secret or ConfigMap.
// +kubebuilder:validation:XValidation:rule="!(has(self.value) && self.value != \"\" && has(self.valueFrom))",message="give value or valueFrom, not both"
type EnvVar struct {
	// name of the variable: letters, digits, '_', '-' and '.', not beginning with
	// a digit.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[-._a-zA-Z][-._a-zA-Z0-9]*$')",message="use letters, digits, '_', '-' and '.', not beginning with a digit"
	Name string `json:"name,omitempty"`

	// value written out. Anybody who may read this object reads it: take secrets
	// from a Secret.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=65536
	Value *string `json:"value,omitempty"`

	// valueFrom takes the value from one key of a Secret or ConfigMap in this
	// namespace.
	// +optional
	ValueFrom *EnvVarSource `json:"valueFrom,omitempty"`
}

// EnvVarSource is one key of a Secret or of a ConfigMap.
// +kubebuilder:validation:ExactlyOneOf=secretKeyRef;configMapKeyRef
type EnvVarSource struct {
	// secretKeyRef is one key of a Secret.
	// +optional
	SecretKeyRef *KeySelector `json:"secretKeyRef,omitempty"`

	// configMapKeyRef is one key of a ConfigMap.
	// +optional
	ConfigMapKeyRef *KeySelector `json:"configMapKeyRef,omitempty"`
}

// KeySelector is one key of a Secret or ConfigMap in this namespace.
type KeySelector struct {
	// name of the Secret or ConfigMap.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",message="write the name of an object: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit"
	Name string `json:"name,omitempty"`

	// key whose content is the value.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[-._a-zA-Z0-9]+$')",message="write a key as a Secret or ConfigMap has it: letters, digits, '-', '_' and '.'"
	Key string `json:"key,omitempty"`

	// optional leaves the variable out when the object or the key does not exist.
	// Otherwise the set waits for it.
	// +optional
	Optional bool `json:"optional,omitempty"` //nolint:kubeapilinter // a boolean as in a Pod's secretKeyRef
}

// EnvFromSource is a whole Secret or ConfigMap, or every Secret with certain
// labels.
// +kubebuilder:validation:ExactlyOneOf=secretRef;configMapRef;secretSelector
type EnvFromSource struct {
	// prefix is put before every key to make the variable's name.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:XValidation:rule="self.matches('^([-._a-zA-Z][-._a-zA-Z0-9]*)?$')",message="use letters, digits, '_', '-' and '.', not beginning with a digit"
	Prefix string `json:"prefix,omitempty"`

	// secretRef names a Secret, all of whose keys become variables.
	// +optional
	SecretRef *ObjectSelector `json:"secretRef,omitempty"`

	// configMapRef names a ConfigMap, all of whose keys become variables.
	// +optional
	ConfigMapRef *ObjectSelector `json:"configMapRef,omitempty"`

	// secretSelector takes every Secret of this namespace that has these labels. A
	// key that two of them have stops the set, since nothing says which of the two
	// is meant.
	// +optional
	SecretSelector *SecretSelector `json:"secretSelector,omitempty"`

	// keys chooses among the keys, before the prefix is put before them. Left out,
	// all are taken.
	// +optional
	Keys KeyFilter `json:"keys,omitzero"`
}

// SecretSelector chooses Secrets of this namespace by their labels.
type SecretSelector struct {
	// matchLabels are labels that a Secret must have, all of them.
	// +required
	// +kubebuilder:validation:MinProperties=1
	// +kubebuilder:validation:MaxProperties=8
	// +kubebuilder:validation:XValidation:rule="self.all(k, size(k) <= 317 && size(self[k]) <= 63)",message="write labels as a Secret has them: a key of at most 317 characters, such as team or example.com/team, and a value of at most 63"
	MatchLabels map[string]string `json:"matchLabels,omitempty"`
}

// KeyFilter chooses keys by regular expressions (RE2), which match anywhere in
// the key unless anchored with ^ and $.
// +kubebuilder:validation:MinProperties=0
type KeyFilter struct {
	// include takes only keys that one of these matches. Left out, it takes all.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=256
	Include []string `json:"include,omitempty"`

	// exclude leaves out keys that one of these matches, also of the included ones.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=256
	Exclude []string `json:"exclude,omitempty"`
}

// DotenvSource is the text of a .env file: written out, or one key of a Secret
// or ConfigMap.
// +kubebuilder:validation:XValidation:rule="has(self.secretKeyRef) || has(self.configMapKeyRef) ? !(has(self.secretKeyRef) && has(self.configMapKeyRef)) && (!has(self.inline) || self.inline == \"\") : has(self.inline)",message="exactly one of the fields in [inline secretKeyRef configMapKeyRef] must be set"
type DotenvSource struct {
	// inline is the text itself. Anybody who may read this object reads it: take
	// secrets from a Secret.
	// +optional
	// +kubebuilder:validation:MinLength=0
	// +kubebuilder:validation:MaxLength=65536
	Inline string `json:"inline,omitempty"`

	// secretKeyRef is one key of a Secret that holds the text.
	// +optional
	SecretKeyRef *KeySelector `json:"secretKeyRef,omitempty"`

	// configMapKeyRef is one key of a ConfigMap that holds the text.
	// +optional
	ConfigMapKeyRef *KeySelector `json:"configMapKeyRef,omitempty"`
}

// ObjectSelector names a whole Secret or ConfigMap in this namespace.
type ObjectSelector struct {
	// name of the Secret or ConfigMap.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",message="write the name of an object: lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit"
	Name string `json:"name,omitempty"`

	// optional goes on without the object while it does not exist. Otherwise the
	// set waits for it.
	// +optional
	Optional bool `json:"optional,omitempty"` //nolint:kubeapilinter // a boolean as in a Pod's secretRef
}
