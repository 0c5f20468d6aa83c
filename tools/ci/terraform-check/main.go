// Command terraform-check reads synthesized stacks (*.tf.json) as Terraform reads them, as
// far as that goes without the provider plugins: JSON syntax, the template syntax of every
// string, function names, and that whatever a string refers to is declared in the stack.
//
// It is for what the type checker cannot see: a shell ${VARIABLE} or a curl %{format} inside
// a script that was not escaped, a reference to something in another stack, a mistyped
// depends_on. `terraform validate` checks more, but downloads every provider first.
package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"
)

// functionList is `terraform metadata functions -json` of Terraform 1.11.
//
//go:embed functions.txt
var functionList string

var functions = strings.Fields(functionList)

// Values of Terraform itself; what follows them is not declared anywhere.
var builtIn = []string{"count", "each", "path", "self", "terraform"}

// Blocks whose values Terraform takes as they stand; an expression there stays plain text.
var literalBlocks = []string{"terraform", "variable"}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: terraform-check <folder>...")
		os.Exit(2)
	}
	stacks, values, problems := 0, 0, 0
	for _, folder := range os.Args[1:] {
		before := stacks
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".tf.json") {
				return err
			}
			stack, err := read(path)
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			stack.check()
			stacks++
			values += stack.values
			problems += len(stack.problems)
			for _, problem := range stack.problems {
				fmt.Fprintf(os.Stderr, "%s: %s\n", path, problem)
			}
			return nil
		})
		if err == nil && stacks == before {
			err = fmt.Errorf("%s: no .tf.json below it", folder)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	fmt.Printf("%d stacks, %d strings checked, %d problems\n", stacks, values, problems)
	if problems > 0 {
		os.Exit(1)
	}
}

type object = map[string]any

// stack is one synthesized file: a stack is never split over several.
type stack struct {
	root     object
	declared map[string]bool // "aws_instance.node", "data.aws_ami.ubuntu", "var.x", "provider aws.east"
	problems []string
	values   int
}

func read(path string) (*stack, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if _, diagnostics := hcljson.Parse(content, path); diagnostics.HasErrors() {
		return nil, diagnostics
	}
	s := &stack{declared: map[string]bool{}}
	if err := json.Unmarshal(content, &s.root); err != nil {
		return nil, err
	}
	s.declare()
	return s, nil
}

func (s *stack) declare() {
	each := func(block string, add func(name string, body any)) {
		section, _ := s.root[block].(object)
		for name, body := range section {
			if name != "//" {
				add(name, body)
			}
		}
	}
	typed := func(block, prefix string) {
		each(block, func(kind string, bodies any) {
			named, _ := bodies.(object)
			for name := range named {
				s.declared[prefix+kind+"."+name] = true
			}
		})
	}
	typed("resource", "")
	typed("data", "data.")
	each("variable", func(name string, _ any) { s.declared["var."+name] = true })
	each("module", func(name string, _ any) { s.declared["module."+name] = true })
	for _, locals := range list(s.root["locals"]) {
		values, _ := locals.(object)
		for name := range values {
			s.declared["local."+name] = true
		}
	}
	each("provider", func(name string, bodies any) {
		s.declared["provider "+name] = true
		for _, body := range list(bodies) {
			if fields, ok := body.(object); ok && fields["alias"] != nil {
				s.declared[fmt.Sprintf("provider %s.%s", name, fields["alias"])] = true
			}
		}
	})
}

func (s *stack) check() {
	for _, block := range keys(s.root) {
		if slices.Contains(literalBlocks, block) {
			s.literal(block, s.root[block])
			continue
		}
		s.walk([]string{block}, s.root[block])
	}
}

// walk goes through every value; path is where it stands, block type first.
func (s *stack) walk(path []string, value any) {
	switch value := value.(type) {
	case object:
		for _, key := range keys(value) {
			if key != "//" { // a comment
				s.template(path, key)
				s.walk(append(slices.Clone(path), key), value[key])
			}
		}
	case []any:
		for _, item := range value {
			s.walk(path, item)
		}
	case string:
		s.text(path, value)
	}
}

// text is a string: plain, the name of another object, or a template.
func (s *stack) text(path []string, value string) {
	block, depth := path[0], len(path)
	inBody := block == "resource" && depth > 3 || block == "data" && depth > 3 ||
		(block == "module" || block == "output") && depth > 2
	argument := ""
	if inBody {
		argument = path[2]
		if block == "resource" || block == "data" {
			argument = path[3]
		}
	}
	switch {
	case argument == "depends_on":
		s.reference(path, value)
	case argument == "provider":
		s.provider(path, value)
	case argument == "lifecycle" && path[len(path)-1] == "ignore_changes":
		s.traversal(path, value)
	case argument == "lifecycle" && path[len(path)-1] == "replace_triggered_by":
		s.reference(path, value)
	case block == "module" && argument == "providers":
		s.provider(path, value)
	case block == "moved" || block == "removed" || block == "import" && path[len(path)-1] == "to":
		s.traversal(path, value)
	case block == "output" && argument == "description",
		block == "module" && (argument == "source" || argument == "version"):
	default:
		s.template(path, value)
	}
}

func (s *stack) literal(block string, value any) {
	switch value := value.(type) {
	case object:
		for _, key := range keys(value) {
			if key != "description" && key != "//" && key != "validation" {
				s.literal(block, value[key])
			}
		}
	case []any:
		for _, item := range value {
			s.literal(block, item)
		}
	case string:
		s.values++
		if strings.Contains(value, "${") {
			s.problem([]string{block}, "Terraform does not evaluate expressions here: %s", short(value))
		}
	}
}

func (s *stack) template(path []string, value string) {
	s.values++
	expression, diagnostics := hclsyntax.ParseTemplate([]byte(value), "", hcl.InitialPos)
	if diagnostics.HasErrors() {
		first := diagnostics[0]
		s.problem(path, "%s: %s (a literal ${ is written $${, a literal %%{ is written %%%%{) in line %d of %s",
			first.Summary, first.Detail, first.Subject.Start.Line, short(value))
		return
	}
	for _, traversal := range expression.Variables() {
		s.resolve(path, traversal, " (a literal ${ is written $${)")
	}
	_ = hclsyntax.VisitAll(expression, func(node hclsyntax.Node) hcl.Diagnostics {
		call, ok := node.(*hclsyntax.FunctionCallExpr)
		if ok && !strings.HasPrefix(call.Name, "provider::") &&
			!slices.Contains(functions, strings.TrimPrefix(call.Name, "core::")) {
			s.problem(path, "Terraform has no function %s", call.Name)
		}
		return nil
	})
}

func (s *stack) traversal(path []string, value string) hcl.Traversal {
	s.values++
	traversal, diagnostics := hclsyntax.ParseTraversalPartial([]byte(value), "", hcl.InitialPos)
	if diagnostics.HasErrors() {
		s.problem(path, "not a plain reference, as in aws_instance.node: %s", short(value))
		return nil
	}
	return traversal
}

func (s *stack) reference(path []string, value string) {
	if traversal := s.traversal(path, value); traversal != nil {
		s.resolve(path, traversal, "")
	}
}

func (s *stack) provider(path []string, value string) {
	if traversal := s.traversal(path, value); traversal != nil {
		if name := dotted(traversal, len(traversal)); !s.declared["provider "+name] {
			s.problem(path, "no provider %s in this stack", name)
		}
	}
}

// resolve reports a reference to something that the stack does not declare.
func (s *stack) resolve(path []string, traversal hcl.Traversal, hint string) {
	root := traversal.RootName()
	if slices.Contains(builtIn, root) {
		return
	}
	parts := 2
	if root == "data" {
		parts = 3
	}
	name := dotted(traversal, parts)
	if !s.declared[name] {
		s.problem(path, "no %s in this stack%s", name, hint)
	}
}

func (s *stack) problem(path []string, format string, values ...any) {
	s.problems = append(s.problems, strings.Join(path, ".")+": "+fmt.Sprintf(format, values...))
}

// dotted is the first parts of a traversal, as far as they are names.
func dotted(traversal hcl.Traversal, parts int) string {
	var names []string
	for _, step := range traversal[:min(parts, len(traversal))] {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			names = append(names, step.Name)
		case hcl.TraverseAttr:
			names = append(names, step.Name)
		}
	}
	return strings.Join(names, ".")
}

func list(value any) []any {
	if items, ok := value.([]any); ok {
		return items
	}
	return []any{value}
}

func keys(value object) []string {
	var names []string
	for name := range value {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func short(value string) string {
	if len(value) > 80 {
		value = value[:80] + "…"
	}
	return fmt.Sprintf("%q", value)
}
