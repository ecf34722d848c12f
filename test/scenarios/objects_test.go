package scenarios

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// canary is in every secret value of these tests, and must be nowhere else.
const canary = "c4n4ry-s3cr3t"

func named(name string) metav1.ObjectMeta { return metav1.ObjectMeta{Name: name} }

func account(name, email string) *v1alpha1.Account {
	return &v1alpha1.Account{ObjectMeta: named(name), Spec: v1alpha1.AccountSpec{Email: email}}
}

func envVarSet(name, account string, env ...v1alpha1.EnvVar) *v1alpha1.EnvVarSet {
	return &v1alpha1.EnvVarSet{
		ObjectMeta: named(name),
		Spec:       v1alpha1.EnvVarSetSpec{AccountRef: v1alpha1.AccountReference{Name: account}, Env: env},
	}
}

func value(name, text string) v1alpha1.EnvVar { return v1alpha1.EnvVar{Name: name, Value: &text} }

func fromSecret(name, secret, key string) v1alpha1.EnvVar {
	return v1alpha1.EnvVar{Name: name, ValueFrom: &v1alpha1.EnvVarSource{
		SecretKeyRef: &v1alpha1.KeySelector{Name: secret, Key: key},
	}}
}

// secret holds each value with the canary in it.
func secret(name string, keysAndValues ...string) *corev1.Secret {
	s := &corev1.Secret{ObjectMeta: named(name), Data: map[string][]byte{}}
	for i := 0; i < len(keysAndValues); i += 2 {
		s.Data[keysAndValues[i]] = []byte(canary + keysAndValues[i+1])
	}
	return s
}

// s3Connection is not verified: that takes a provider (see provider_test.go).
func s3Connection(name, account, secret string) *v1alpha1.CloudConnection {
	return &v1alpha1.CloudConnection{
		ObjectMeta: named(name),
		Spec: v1alpha1.CloudConnectionSpec{
			AccountRef: v1alpha1.AccountReference{Name: account}, Type: v1alpha1.ConnectionAmazonS3,
			Verification: v1alpha1.VerificationDisabled,
			AmazonS3: &v1alpha1.AmazonS3Connection{
				Bucket: "data", Region: "eu-central-1",
				CredentialsSecretRef: v1alpha1.AmazonS3Credentials{Name: secret},
			},
		},
	}
}

// publicKey is one, of which no one kept the private half, and otherKey is another.
const (
	publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF93RuzTOUo7chJZhT+8D6LcE/Q6qKTn6gM7gT57xptb alice@laptop"
	otherKey  = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJyEceH8GyutrMJeCHv/NhgkhX1KZYqieZ8ER5lw7n+n alice@desk"
)

func sshKey(name, account string) *v1alpha1.SSHKey {
	return &v1alpha1.SSHKey{
		ObjectMeta: named(name),
		Spec:       v1alpha1.SSHKeySpec{AccountRef: v1alpha1.AccountReference{Name: account}, PublicKey: publicKey},
	}
}

func (s *scenario) namespaceObject() *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: named(s.ns)}
}
