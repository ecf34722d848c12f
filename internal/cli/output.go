package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/printers"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// output is the flag -o. Empty, it is text for people.
type output struct {
	format string
	known  []string
	print  printers.ResourcePrinter // of objects; one for all, since it separates documents
}

func (o *output) addOutputFlag(cmd *cobra.Command, known ...string) {
	o.known = known
	cmd.Flags().StringVarP(&o.format, "output", "o", "", "what to print: "+strings.Join(known, "|"))
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(known, cobra.ShellCompDirectiveNoFileComp))
	cmd.PreRunE = func(*cobra.Command, []string) error { return o.check() }
}

func (o *output) check() error {
	if o.format == "" {
		return nil
	}
	if !slices.Contains(o.known, o.format) {
		return usagef("-o %s is not known; write one of %s", o.format, strings.Join(o.known, ", "))
	}
	if o.forPeople() {
		return nil
	}
	var err error
	o.print, err = genericclioptions.NewJSONYamlPrintFlags().ToPrinter(o.format)
	return err
}

func (o *output) forPeople() bool { return o.format == "" || o.format == "wide" }

// objects prints them, several as a List.
func (o *output) objects(w io.Writer, objects ...client.Object) error {
	list := &metav1.List{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "List"}}
	for _, obj := range objects {
		obj.GetObjectKind().SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(kindOf(obj)))
		obj.SetManagedFields(nil)
		list.Items = append(list.Items, runtime.RawExtension{Object: obj})
	}
	if len(objects) == 1 {
		return o.print.PrintObj(objects[0], w)
	}
	return o.print.PrintObj(list, w)
}

func kindOf(obj client.Object) string {
	name := fmt.Sprintf("%T", obj)
	return name[strings.LastIndex(name, ".")+1:]
}

// value prints what is no object.
func (o *output) value(w io.Writer, v any) error {
	text, err := json.MarshalIndent(v, "", "    ")
	if err != nil {
		return err
	}
	if o.format == "yaml" {
		if text, err = yaml.JSONToYAML(text); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(w, strings.TrimSpace(string(text)))
	return err
}
