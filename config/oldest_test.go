package config_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/model"
	"k8s.io/apimachinery/pkg/util/version"
	admissioncel "k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/cel/environment"
	"sigs.k8s.io/yaml"
)

// oldest is what expressions may use on the oldest Kubernetes that the chart installs on.
func oldest(t *testing.T) *environment.EnvSet {
	t.Helper()
	chart, err := os.ReadFile("../charts/account-operator/Chart.yaml")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`kubeVersion: ">=([0-9]+\.[0-9]+)\.0-0"`).FindSubmatch(chart)
	if found == nil {
		t.Fatal("the chart does not say on which Kubernetes it installs")
	}
	return environment.MustBaseEnvSet(version.MustParseGeneric(string(found[1])))
}

func parse(t *testing.T, text []byte, into any) {
	t.Helper()
	if err := yaml.UnmarshalStrict(text, into); err != nil {
		t.Fatal(err)
	}
}

// An expression with a function of a later version would be refused with its kind. No older API server can be run here, but what
// their expressions may use is known to this one.
func TestKinds_OldestKubernetes_AreValid(t *testing.T) {
	files, err := filepath.Glob("crd/bases/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no kinds: ", err)
	}
	may, rules := oldest(t), 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		definition, whole := apiextensionsv1.CustomResourceDefinition{}, apiextensions.JSONSchemaProps{}
		parse(t, text, &definition)
		given := definition.Spec.Versions[0].Schema.OpenAPIV3Schema
		if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(given, &whole, nil); err != nil {
			t.Fatal(err)
		}
		structural, err := schema.NewStructural(&whole)
		if err != nil {
			t.Fatal(err)
		}
		rules += compile(t, may, definition.Spec.Names.Kind, structural, true)
	}
	if rules < 20 {
		t.Errorf("only %d rules were found", rules)
	}
}

// compile compiles the rules of a schema and of what is below it, and counts them.
func compile(t *testing.T, may *environment.EnvSet, path string, s *schema.Structural, root bool) int {
	t.Helper()
	results, err := cel.Compile(s, model.SchemaDeclType(s, root), celconfig.PerCallLimit, may, cel.NewExpressionsEnvLoader())
	if err != nil {
		t.Fatal(err)
	}
	for i, result := range results {
		if result.Error != nil {
			t.Errorf("%s: %s: %v", path, s.XValidations[i].Rule, result.Error)
		}
	}
	rules := len(results)
	for name, below := range s.Properties {
		rules += compile(t, may, path+"."+name, &below, false)
	}
	if s.Items != nil {
		rules += compile(t, may, path+"[]", s.Items, false)
	}
	return rules
}

func TestSourcePolicies_OldestKubernetes_AreValid(t *testing.T) {
	for _, file := range []string{"secret_access_policy.yaml", "configmap_access_policy.yaml"} {
		t.Run(file, func(t *testing.T) { compilePolicy(t, "admission/"+file) })
	}
}

func compilePolicy(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	document, _, _ := strings.Cut(string(text), "\n---\n")
	policy := admissionregistrationv1.ValidatingAdmissionPolicy{}
	parse(t, []byte(document), &policy)
	if len(policy.Spec.Validations) == 0 {
		t.Fatal("the policy validates nothing")
	}
	compiler, err := admissioncel.NewCompositedCompiler(oldest(t))
	if err != nil {
		t.Fatal(err)
	}
	given := admissioncel.OptionalVariableDeclarations{HasAuthorizer: true}
	compiles := func(result admissioncel.CompilationResult) {
		if result.Error != nil {
			t.Errorf("%s: %v", result.ExpressionAccessor.GetExpression(), result.Error)
		}
	}
	for _, v := range policy.Spec.Variables {
		compiles(compiler.CompileAndStoreVariable(&validating.Variable{Name: v.Name, Expression: v.Expression}, given, environment.NewExpressions))
	}
	for i := range policy.Spec.MatchConditions {
		condition := matchconditions.MatchCondition(policy.Spec.MatchConditions[i])
		compiles(compiler.CompileCELExpression(&condition, given, environment.NewExpressions))
	}
	for _, v := range policy.Spec.Validations {
		compiles(compiler.CompileCELExpression(&validating.ValidationCondition{Expression: v.Expression}, given, environment.NewExpressions))
		if v.MessageExpression != "" {
			compiles(compiler.CompileCELExpression(&validating.MessageExpressionCondition{MessageExpression: v.MessageExpression}, given, environment.NewExpressions))
		}
	}
}
