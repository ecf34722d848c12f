package cli

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/kinds"
)

// session is one run of the plugin: the terminal, kubectl's flags and, once connected, the API server.
type session struct {
	genericiooptions.IOStreams
	flags *genericclioptions.ConfigFlags

	api       client.Client
	namespace string
}

func newSession(version string, streams genericiooptions.IOStreams) *session {
	s := &session{IOStreams: streams, flags: genericclioptions.NewConfigFlags(true).WithWarningPrinter(streams)}
	s.flags.WrapConfigFn = func(c *rest.Config) *rest.Config {
		c.UserAgent = "kubectl-account/" + version
		c.QPS = -1 // it asks little, and a limit of its own would use up what a short --timeout leaves
		c.WarningHandler = rest.NewWarningWriter(streams.ErrOut, rest.WarningWriterOptions{Deduplicate: true})
		return c
	}
	return s
}

// connect reads the kubeconfig. Nothing is asked of the API server yet.
func (s *session) connect() error {
	var err error
	if s.namespace, _, err = s.flags.ToRawKubeConfigLoader().Namespace(); err != nil {
		return fmt.Errorf("reading the kubeconfig: %w", err)
	}
	config, err := s.flags.ToRESTConfig()
	if err != nil {
		return fmt.Errorf("reading the kubeconfig: %w", err)
	}
	mapper, err := s.flags.ToRESTMapper()
	if err != nil {
		return fmt.Errorf("preparing to ask for the cluster's kinds: %w", err)
	}
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return err
	}
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return err
	}
	api, err := client.New(config, client.Options{Scheme: scheme, Mapper: mapper})
	if err != nil {
		return fmt.Errorf("making a client: %w", err)
	}
	s.api = client.WithFieldOwner(api, "kubectl-account")
	return nil
}

// get reads the object that the target names.
func (s *session) get(ctx context.Context, t target) (object, error) {
	obj := t.empty()
	err := s.api.Get(ctx, s.key(t.name), obj)
	if err != nil {
		return nil, s.explain(ctx, err, "get", t)
	}
	return obj, nil
}

func (s *session) key(name string) client.ObjectKey {
	return client.ObjectKey{Namespace: s.namespace, Name: name}
}

// names are those of all objects of a kind in the namespace.
func (s *session) names(ctx context.Context, k kinds.Kind) ([]string, error) {
	list := &metav1.PartialObjectMetadataList{}
	list.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(string(k.Name) + "List"))
	if err := s.api.List(ctx, list, client.InNamespace(s.namespace)); err != nil {
		return nil, err
	}
	names := make([]string, len(list.Items))
	for i := range list.Items {
		names[i] = list.Items[i].Name
	}
	return names, nil
}
