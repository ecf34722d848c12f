package e2e_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/await"
	longform "github.com/account-operator/account-operator/test/long"
	"github.com/account-operator/account-operator/test/manager"
	"github.com/account-operator/account-operator/test/s3"
	"github.com/account-operator/account-operator/test/standin"
)

// Given a namespace full of connections to hosts that take a call and never say a word, when another namespace's
// connections come, then these are stored and verified as if the others were not there.
func TestVerification_HostsNeverAnswer_KeepNoOtherNamespaceWaiting(t *testing.T) {
	holes, good := longform.Choose(200, 2000), 10
	s := newScene(t, "sqlite")
	other := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "e2e-"}}
	s.create(other)
	provider, err := s3.Start(t.Context(), "../..", s3.Key{ID: "owner", Secret: core}, s3.Key{ID: "stranger", Secret: core + "2"})
	s.must(err)
	t.Cleanup(func() { s.must(provider.Stop()) })
	t.Setenv("SSL_CERT_FILE", s.certificate())

	s.startWith(s.as("manager"), manager.Options{Args: []string{
		"--watch-namespaces=" + s.ns + "," + other.Name, "--allow-endpoint-cidrs=127.0.0.0/8",
	}})
	key := func(in string) *corev1.Secret {
		return &corev1.Secret{ObjectMeta: inNamespace("s3", in), Data: map[string][]byte{
			"access-key-id": []byte(provider.Owner.ID), "secret-access-key": []byte(provider.Owner.Secret),
		}}
	}
	s.create(account("alice"), key(s.ns))
	s.createAll(holes, func(n int) client.Object {
		return connectionTo(named(fmt.Sprintf("hole-%d", n)), "s3", s.blackHole(n))
	})
	bob := account("bob")
	bob.Namespace = other.Name
	s.create(key(other.Name), bob)

	begun := time.Now()
	var wanted []*v1alpha1.CloudConnection
	for n := range good {
		c := connectionTo(inNamespace(fmt.Sprintf("good-%d", n), other.Name), "s3", provider.Endpoint)
		c.Spec.AccountRef.Name, c.Spec.AmazonS3.Bucket = "bob", s3.Bucket
		s.create(c)
		wanted = append(wanted, c)
	}
	for _, c := range wanted {
		s.becomesReady(c)
		s.eventually(func(ctx context.Context) string {
			s.must(s.api.Get(ctx, client.ObjectKeyFromObject(c), c))
			if !meta.IsStatusConditionTrue(c.Status.Conditions, v1alpha1.ConditionVerified) {
				return fmt.Sprintf("%s is not verified: %v", c.Name, c.Status.Conditions)
			}
			return ""
		})
	}
	t.Logf("%d connections beside %d black holes were stored and verified within %s", good, holes, time.Since(begun).Round(time.Millisecond))
	s.someHang()
}

// someHang proves that the test is not void: black holes are being asked, and have not been given up.
func (s *scene) someHang() {
	s.Helper()
	var all v1alpha1.CloudConnectionList
	s.must(s.api.List(s.Context(), &all, client.InNamespace(s.ns)))
	for i := range all.Items {
		v := meta.FindStatusCondition(all.Items[i].Status.Conditions, v1alpha1.ConditionVerified)
		if v == nil || v.Reason == string(v1alpha1.ReasonVerifying) {
			return
		}
	}
	s.Errorf("void: every black hole was given up already: %v", all.Items[0].Status.Conditions)
}

func connectionTo(of metav1.ObjectMeta, secret, endpoint string) *v1alpha1.CloudConnection {
	c := connection(of.Name, "alice", secret)
	c.ObjectMeta = of
	c.Spec.Verification, c.Spec.AmazonS3.Endpoint, c.Spec.AmazonS3.Region = "", &endpoint, s3.Region
	return c
}

// blackHole is a host of its own that takes calls and never answers.
func (s *scene) blackHole(n int) string {
	s.Helper()
	host := fmt.Sprintf("127.1.%d.%d", n/250, n%250+1)
	listener, err := new(net.ListenConfig).Listen(s.Context(), "tcp", host+":0")
	s.must(err)
	s.Cleanup(func() { _ = listener.Close() })
	return "https://" + listener.Addr().String()
}

// certificate is a file with the certificate that the stand-ins show.
func (s *scene) certificate() string {
	s.Helper()
	text, _, err := standin.CertificatePEM()
	s.must(err)
	file := filepath.Join(s.TempDir(), "ca.pem")
	s.must(os.WriteFile(file, text, 0o600))
	return file
}

func (s *scene) createAll(n int, of func(n int) client.Object) {
	s.Helper()
	objects := make([]client.Object, n)
	for i := range objects {
		objects[i] = of(i)
		if objects[i].GetNamespace() == "" {
			objects[i].SetNamespace(s.ns)
		}
	}
	var todo errgroup.Group
	todo.SetLimit(8)
	for _, o := range objects {
		todo.Go(func() error { return s.api.Create(s.Context(), o) })
	}
	s.must(await.Result(s, todo.Wait))
}
