// Package object is what all kinds have in common, and what the metadata of an object asks for.
package object

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// Any is any object, as client.Object is. What decides needs no client, which would be most of what its tests link.
type Any interface {
	metav1.Object
	runtime.Object
}

// Object is what every kind of ours is that is kept in sync, as *Account.
type Object interface {
	Any
	Common() *v1alpha1.CommonSpec
	CommonStatus() *v1alpha1.CommonStatus
}

// Child is an object that belongs to an Account.
type Child interface {
	Object
	AccountName() string
}
