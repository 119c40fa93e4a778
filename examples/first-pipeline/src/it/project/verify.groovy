// The program printed what the README says, in whatever order its workers came to it.

def matcher = new File(readme).getText('UTF-8') =~ /(?s)<!-- first-pipeline: output -->\s*```\w*\n(.*?)```/
assert matcher.find(): 'README.md has no fenced block after <!-- first-pipeline: output -->'

def expected = matcher.group(1).readLines().findAll { !it.isBlank() }.sort()
def printed = new File(basedir, 'target/output.txt').getText('UTF-8').readLines().findAll { it in expected }.sort()
assert printed == expected
return true
