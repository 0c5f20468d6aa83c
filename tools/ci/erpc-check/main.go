// Command erpc-check reads eRPC's own source and prints the keys that its configuration has, as JSON:
//
//	go run . <folder of eRPC's source at a release> <release> > ../../../test/constructs/rpc-gateway/erpc-keys.json && npm run format
//
// The tests of the RPC gateway hold its configuration against that table. eRPC itself checks one, in its
// folder, with: go run ./cmd/erpc validate --config <erpc.yaml>
package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strconv"
	"strings"
)

// Types that eRPC reads from text in a way of their own.
var special = map[string]string{
	"Duration":         "duration",
	"AdaptiveDuration": "duration",
	"RateLimitPeriod":  "period",
}

var basic = map[string]string{
	"string": "string", "bool": "bool",
	"int": "int", "int32": "int", "int64": "int",
	"uint": "uint", "uint32": "uint", "uint64": "uint",
	"float32": "number", "float64": "number",
}

type table struct {
	Version string                       `json:"version"`
	Source  string                       `json:"source"`
	Root    string                       `json:"root"`
	Types   map[string]map[string]string `json:"types"`
	Words   map[string][]string          `json:"words"`
}

// source is what the package says: its types, and the words that a named string may be.
type source struct {
	types map[string]ast.Expr
	words map[string][]string
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: erpc-check <folder of eRPC's source> <release>")
		os.Exit(2)
	}
	read, err := readSource(filepath.Join(os.Args[1], "common"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	result := table{
		Version: os.Args[2],
		Source:  "github.com/erpc/erpc " + os.Args[2] + ": common/*.go, from the type Config",
		Root:    "Config",
		Types:   map[string]map[string]string{},
		Words:   map[string][]string{},
	}
	if err := read.collect("Config", &result); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(result); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func readSource(folder string) (*source, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	read := &source{types: map[string]ast.Expr{}, words: map[string][]string{}}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, declaration := range file.Decls {
			if general, ok := declaration.(*ast.GenDecl); ok {
				read.add(general)
			}
		}
	}
	if len(read.types) == 0 {
		return nil, fmt.Errorf("%s: no source of eRPC", folder)
	}
	return read, nil
}

func (s *source) add(declaration *ast.GenDecl) {
	for _, spec := range declaration.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			s.types[spec.Name.Name] = spec.Type
		case *ast.ValueSpec:
			named, ok := spec.Type.(*ast.Ident)
			if !ok || declaration.Tok != token.CONST {
				continue
			}
			for _, value := range spec.Values {
				if text, ok := value.(*ast.BasicLit); ok && text.Kind == token.STRING {
					if word, err := strconv.Unquote(text.Value); err == nil {
						s.words[named.Name] = append(s.words[named.Name], word)
					}
				}
			}
		}
	}
}

// collect puts a struct and all that it leads to into the table.
func (s *source) collect(name string, into *table) error {
	if _, known := into.Types[name]; known {
		return nil
	}
	structure, ok := s.types[name].(*ast.StructType)
	if !ok {
		return fmt.Errorf("%s is no struct of eRPC's source", name)
	}
	keys := map[string]string{}
	into.Types[name] = keys
	for _, field := range structure.Fields.List {
		if field.Tag == nil {
			continue
		}
		text, err := strconv.Unquote(field.Tag.Value)
		if err != nil {
			return err
		}
		key, _, _ := strings.Cut(reflect.StructTag(text).Get("yaml"), ",")
		if key == "" || key == "-" {
			continue
		}
		kind, err := s.kind(field.Type, into)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", name, key, err)
		}
		keys[key] = kind
	}
	return nil
}

func (s *source) kind(expression ast.Expr, into *table) (string, error) {
	switch expression := expression.(type) {
	case *ast.StarExpr:
		return s.kind(expression.X, into)
	case *ast.ArrayType:
		element, err := s.kind(expression.Elt, into)
		return "[]" + element, err
	case *ast.MapType:
		element, err := s.kind(expression.Value, into)
		return "{}" + element, err
	case *ast.Ident:
		return s.named(expression.Name, into)
	default: // interfaces, and types of other packages
		return "any", nil
	}
}

func (s *source) named(name string, into *table) (string, error) {
	if kind, ok := special[name]; ok {
		return kind, nil
	}
	if kind, ok := basic[name]; ok {
		return kind, nil
	}
	switch underlying := s.types[name].(type) {
	case *ast.StructType:
		return name, s.collect(name, into)
	case *ast.Ident:
		words := s.words[name]
		if underlying.Name != "string" {
			return "any", nil // numbers with names of their own
		}
		if len(words) == 0 {
			return "string", nil
		}
		into.Words[name] = append([]string{}, words...)
		sort.Strings(into.Words[name])
		return name, nil
	case nil:
		return "", fmt.Errorf("%s is not in eRPC's source", name)
	default:
		return s.kind(underlying, into)
	}
}
