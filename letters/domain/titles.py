"""Words that stand in, before or behind a name and are no part of it, folded as texts are."""

from letters.domain.folding import words_in

PARTICLES = words_in(
    "de del della delle dei degli da das do dos du di van von der den dem vom zu zur zum ten ter "
    "te het bin ibn ben bint al el la le les lo los las af av und y e o d l t "
    "\u05d1\u05df \u05d1\u05ea \u0628\u0646 \u0627\u0628\u0646 \u0628\u0646\u062a"
)
HONORIFICS = words_in(
    "ms mr mrs mx miss sir madam dame dr doctor prof professor frau herr herrn fraulein sra sr "
    "srta senora senor senorita dra doctora don dona profesor profesora mme madame mlle "
    "mademoiselle monsieur docteur signora signor signorina sig dott dottssa dottore dottoressa "
    "professore professoressa senhora senhor doutora doutor professora mevr mevrouw mw dhr heer "
    "meneer fru froken pan pani pana bay bayan sayin shri sri smt "
    "господин госпожа гн гжа доктор профессор κος κα κυριος κυρια κυριου κυριας δρ "
    "السيد السيده الانسه الدكتور الدكتوره دكتور دكتوره اقاي خانم מר גב גברת דר פרופ "
    "श्री श्रीमती सुश्री डॉ"
)
TITLES_AFTER = words_in(
    "先生 女士 小姐 同学 同學 老师 老師 博士 教授 さん 様 さま 氏 君 くん "
    "씨 군 양 님 교수 박사 학생"
)
SUFFIXES = words_in("jr sr ii iii iv phd md msc bsc ma mba esq")
