// Puts the dependency and the program of the README where its reader would put them.

/** The content of the fenced block that follows the README's comment {@code <!-- first-pipeline: name -->}. */
def block(String readme, String name) {
  def matcher = readme =~ /(?s)<!-- first-pipeline: ${name} -->\s*```\w*\n(.*?)```/
  assert matcher.find(): "README.md has no fenced block after <!-- first-pipeline: ${name} -->"
  return matcher.group(1)
}

def text = new File(readme).getText('UTF-8')
def program = block(text, 'program')
def nameMatcher = program =~ /class (\w+)/
assert nameMatcher.find(): 'the README\'s program declares no class'
def className = nameMatcher.group(1)

def source = new File(basedir, "src/main/java/${className}.java")
source.parentFile.mkdirs()
source.setText(program, 'UTF-8')

def pom = new File(basedir, 'pom.xml')
pom.setText(
    pom.getText('UTF-8')
        .replace('<!-- the README\'s dependency -->', block(text, 'dependency'))
        .replace('<!-- the README\'s class -->', className),
    'UTF-8')

// Cuts the project off from the settings of the checkout that it happens to lie in.
new File(basedir, '.mvn').mkdirs()
return true
