package status

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/store"
)

// Signer signs what is ours of a status, so that a manager that has just begun knows without a request whether one wrote it that
// leads the same store. No one else has the key.
type Signer struct {
	// key is of the store.
	key store.Secret
}

// NewSigner makes one that signs with the key of a store.
func NewSigner(key store.Secret) Signer { return Signer{key} }

const (
	signatureField = "Signature"
	// signatureSize is 128 bits.
	signatureSize = 16
)

// Sign is called right before a status is written.
func (s Signer) Sign(obj object.Any) { *SignatureIn(obj) = s.signature(obj) }

// Signed reports whether the status was written by a manager that leads this store.
func (s Signer) Signed(obj object.Any) bool {
	return hmac.Equal([]byte(*SignatureIn(obj)), []byte(s.signature(obj)))
}

// signature is of the object and of all of its status that is ours, as the API server spells it out.
func (s Signer) signature(obj object.Any) string {
	own, all := Own(obj)
	var conditions []metav1.Condition
	for _, c := range all {
		if IsOwn(c) {
			conditions = append(conditions, c)
		}
	}
	slices.SortFunc(conditions, func(a, b metav1.Condition) int { return cmp.Compare(a.Type, b.Type) })
	unsigned := reflect.New(reflect.TypeOf(own)).Elem()
	unsigned.Set(reflect.ValueOf(own))
	unsigned.FieldByName(signatureField).SetZero()
	kind, _ := In(obj)
	text, err := json.Marshal(struct {
		Kind       string
		UID        types.UID
		Status     any
		Conditions []metav1.Condition
	}{kind, obj.GetUID(), unsigned.Interface(), conditions})
	if err != nil {
		panic(err) // a status of ours has nothing that JSON cannot hold
	}
	mac := hmac.New(sha256.New, s.key.Reveal())
	mac.Write(text)
	return hex.EncodeToString(mac.Sum(nil)[:signatureSize])
}

// SignatureIn is where an object of any of our kinds has its signature.
func SignatureIn(obj object.Any) *string {
	if x, is := obj.(*v1alpha1.AccountAction); is {
		return &x.Status.Signature
	}
	return &obj.(object.Object).CommonStatus().Signature
}

// RemoveOwn takes out of a status all that is ours, and returns whether it said anything.
func RemoveOwn(obj object.Any) bool {
	_, conditions := Own(obj)
	said := slices.ContainsFunc(conditions, IsOwn)
	_, status := In(obj)
	all := reflect.ValueOf(status).Elem()
	all.SetZero()
	all.FieldByName(conditionsField).Set(reflect.ValueOf(slices.DeleteFunc(slices.Clone(conditions), IsOwn)))
	return said
}
