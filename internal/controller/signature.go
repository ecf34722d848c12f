package controller

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
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

// signer signs what is ours of a status, so that a manager that has just begun knows without asking anybody whether one wrote it that
// leads the same store. Nobody else has the key.
type signer struct{ key store.Secret }

const (
	signatureField = "Signature"
	// signatureSize is 128 bits.
	signatureSize = 16
)

// sign is called right before a status is written.
func (s signer) sign(obj client.Object) { *signatureIn(obj) = s.signature(obj) }

// signed reports whether the status was written by a manager that leads this store.
func (s signer) signed(obj client.Object) bool {
	return hmac.Equal([]byte(*signatureIn(obj)), []byte(s.signature(obj)))
}

// signature is of the object and of all of its status that is ours, as the API server spells it out.
func (s signer) signature(obj client.Object) string {
	own, all := ownStatus(obj)
	var conditions []metav1.Condition
	for _, c := range all {
		if isOwn(c) {
			conditions = append(conditions, c)
		}
	}
	slices.SortFunc(conditions, func(a, b metav1.Condition) int { return cmp.Compare(a.Type, b.Type) })
	unsigned := reflect.New(reflect.TypeOf(own)).Elem()
	unsigned.Set(reflect.ValueOf(own))
	unsigned.FieldByName(signatureField).SetZero()
	kind, _ := statusIn(obj)
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

func signatureIn(obj client.Object) *string {
	if x, is := obj.(*v1alpha1.AccountAction); is {
		return &x.Status.Signature
	}
	return &obj.(object).CommonStatus().Signature
}

// unsigned takes out of a status all that is ours, and returns whether it said anything.
func unsigned(obj client.Object) bool {
	_, conditions := ownStatus(obj)
	said := slices.ContainsFunc(conditions, isOwn)
	_, status := statusIn(obj)
	all := reflect.ValueOf(status).Elem()
	all.SetZero()
	all.FieldByName(conditionsField).Set(reflect.ValueOf(slices.DeleteFunc(slices.Clone(conditions), isOwn)))
	return said
}
