// Command argocd applies objects as Argo CD's application controller does, with its engine: `argocd client-side KUBECONFIG` as it
// is installed, `argocd server-side KUBECONFIG` with the options ServerSideApply and ServerSideDiff. Objects come on standard input.
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/diff"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/tracing"
	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
)

// manager is the field manager of the application controller.
const manager = "argocd-controller"

func main() {
	if err := run(context.Background(), os.Args[1] == "server-side", os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run applies what stands on standard input, and fails where Argo CD would call the outcome OutOfSync.
func run(ctx context.Context, serverSide bool, kubeconfig string) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	objects, err := kube.SplitYAML(text)
	if err != nil {
		return err
	}
	engine := &kube.KubectlCmd{Log: logr.Discard(), Tracer: tracing.NopTracer{}}
	operations, cleanup, err := engine.ManageResources(config)
	if err != nil {
		return err
	}
	defer cleanup()
	for _, o := range objects {
		if _, err := operations.ApplyResource(ctx, o.DeepCopy(), cmdutil.DryRunNone, false, true, serverSide, manager); err != nil {
			return err
		}
		if err := isSynced(ctx, engine, config, o, serverSide); err != nil {
			return err
		}
	}
	return nil
}

// isSynced compares as Argo CD does to distinguish Synced from OutOfSync.
func isSynced(ctx context.Context, engine *kube.KubectlCmd, config *rest.Config, want *unstructured.Unstructured, serverSide bool) error {
	live, err := engine.GetResource(ctx, config, want.GroupVersionKind(), want.GetName(), want.GetNamespace())
	if err != nil {
		return err
	}
	_, parser, err := engine.LoadOpenAPISchema(config)
	if err != nil {
		return err
	}
	dryRuns, cleanup, err := engine.ManageServerSideDiffDryRuns(config)
	if err != nil {
		return err
	}
	defer cleanup()
	result, err := diff.Diff(want.DeepCopy(), live, diff.WithGVKParser(parser), diff.WithManager(manager),
		diff.WithServerSideDiff(serverSide), diff.WithIgnoreMutationWebhook(true),
		diff.WithServerSideDryRunner(diff.NewK8sServerSideDryRunner(dryRuns)))
	if err != nil {
		return fmt.Errorf("comparing: %w", err)
	}
	if result.Modified {
		return fmt.Errorf("OutOfSync right after the sync:\nwant %s\nlive %s", result.PredictedLive, result.NormalizedLive)
	}
	return nil
}
