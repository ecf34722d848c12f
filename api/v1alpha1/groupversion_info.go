// Package v1alpha1 holds the kinds of account-operator.io/v1alpha1, their validation, conditions and reasons. It has no
// behaviour and imports apimachinery only.
//
// +kubebuilder:object:generate=true
// +groupName=account-operator.io
package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// GroupVersion is the group and version of every kind in this package.
var GroupVersion = schema.GroupVersion{Group: "account-operator.io", Version: "v1alpha1"}

// AddToScheme registers the kinds of this package.
func AddToScheme(s *runtime.Scheme) error {
	s.AddKnownTypes(GroupVersion,
		&Account{}, &AccountList{},
		&EnvVarSet{}, &EnvVarSetList{},
		&CloudConnection{}, &CloudConnectionList{},
		&SSHKey{}, &SSHKeyList{},
		&AccountAction{}, &AccountActionList{},
	)
	metav1.AddToGroupVersion(s, GroupVersion)
	return nil
}
