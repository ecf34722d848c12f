// Package object is what all kinds have in common, and what the metadata of an object asks for.
package object

import (
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// Object is what every kind of ours is: *Account, *EnvVarSet, *CloudConnection.
type Object interface {
	client.Object
	Common() *v1alpha1.CommonSpec
	CommonStatus() *v1alpha1.CommonStatus
}

// Child is an object that belongs to an Account.
type Child interface {
	Object
	AccountName() string
}
