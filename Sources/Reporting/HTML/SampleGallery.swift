/// Training images with their classes.
package enum SampleGallery {
    package static func make(_ samples: [DataSample]) -> Markup {
        let items = samples.map { sample -> Markup in
            guard let image = MistakesSection.safe(sample.image) else { return "" }
            let name = ClassNames.short(sample.className, limit: 40)
            return """
                <li><img src="\(image)" alt="Training image, \(name)" title="\(ClassNames.short(sample.path, limit: 120))" \
                loading="lazy" />\(Markup.name(sample.className, limit: 40))</li>

                """
        }
        return "<ul class=\"samples\">\(items)</ul>"
    }
}
